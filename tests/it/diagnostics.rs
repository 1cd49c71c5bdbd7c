//! Errors as the user sees them through pixi. Every snapshot is an entry of
//! `docs/errors.md`.

mod options;
