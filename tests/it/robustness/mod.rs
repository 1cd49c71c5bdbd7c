//! Circumstances that nobody wishes for: damaged requests, full disks, signals, secrets in
//! logs, many backends at once.

mod edge_cases;
mod hostile_input;
mod process_lifetime;
mod secrets;
mod soak;
