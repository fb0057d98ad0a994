//! How much room a disk has.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Returns the bytes that an ordinary user may still write to a folder's file system; none where it cannot be told.
pub(super) fn free(directory: &Path) -> Option<u64> {
    let path = CString::new(directory.as_os_str().as_bytes()).ok()?;
    let mut answer = std::mem::MaybeUninit::<libc::statvfs>::uninit();
    #[expect(
        unsafe_code,
        reason = "the path ends in NUL, and the answer is read only where the call says that it was written"
    )]
    let stats = unsafe {
        if libc::statvfs(path.as_ptr(), answer.as_mut_ptr()) != 0 {
            return None;
        }
        answer.assume_init()
    };
    #[allow(clippy::useless_conversion, clippy::unnecessary_cast)]
    Some((stats.f_bavail as u64).saturating_mul(stats.f_frsize as u64))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_folder_has_room_and_nowhere_has_none() {
        assert!(super::free(&std::env::temp_dir()).is_some_and(|bytes| bytes > 0));
        assert_eq!(super::free("/nowhere/at/all".as_ref()), None);
    }
}
