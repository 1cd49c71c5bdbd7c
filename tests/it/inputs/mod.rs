//! Never stale, never needless: which edits make pixi build again.
//!
//! Every layout is built for real, with a real cargo. Then files are edited one
//! at a time, the test plays pixi's cache, and each edit is taken back.

mod edge_cases;
mod edits;
mod globs;
mod layouts;
mod metadata;
mod options;
mod walks;
