//! Pairs of schemas, old and new, through `rev` and back.
//!
//! Each folder of `tests/pairs` holds two schemas. The old one is loaded, the new one is the project's model; then
//! `rev autogenerate --from-database`, `rev upgrade head` and `rev downgrade base` must lead to the one and back to the
//! other, with no table or column made anew on the way and with nothing left for a second autogenerate to say.
//! Whether they do is for pg_dump to judge, which knows nothing of `rev`.
//!
//! `REV_PAIR=view_,enum_` runs the pairs whose names hold one of these texts.
//!
//! What does not work yet stands in `tests/pairs/FIXME`, and is asserted not to: a pair that begins to pass
//! must be taken out of that list.

mod pair;
mod run;
mod witness;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use pair::Pair;
use witness::Witness;

#[test]
fn every_pair_goes_up_and_comes_back() {
    let Some(server) = rev_testkit::server() else {
        return;
    };
    let wanted = std::env::var("REV_PAIR").unwrap_or_default();
    let pairs: Vec<Pair> = Pair::all()
        .into_iter()
        .filter(|pair| {
            wanted.split(',').any(|text| pair.name.contains(text))
                && pair.majors.contains(&server.major())
        })
        .collect();
    assert!(!pairs.is_empty(), "no pair is called `{wanted}`");
    pair::create_roles(server, &pairs);
    let unfinished = pair::unfinished(server.major());

    let witness = Witness::find(server);
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads.min(pairs.len()) {
            scope.spawn(|| {
                while let Some(pair) = pairs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let text = match run::run(server, &witness, pair) {
                        Ok(()) if unfinished.contains(&pair.name) => {
                            format!(
                                "{}: passes now; take its line out of tests/pairs/FIXME",
                                pair.name
                            )
                        }
                        Err(failure) if !unfinished.contains(&pair.name) => {
                            format!("{}: {failure}", pair.name)
                        }
                        _ => continue,
                    };
                    failures.lock().expect("no thread panics").push(text);
                }
            });
        }
    });
    let mut failures = failures.into_inner().expect("no thread panics");
    failures.sort();
    assert!(
        failures.is_empty(),
        "{} of {} pairs failed on PostgreSQL {}\n\n{}\n",
        failures.len(),
        pairs.len(),
        server.major(),
        failures.join("\n\n")
    );
}
