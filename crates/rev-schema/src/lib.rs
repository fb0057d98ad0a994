//! Two catalogues in, ordered statements out: the heart of autogenerate.
