//! Robustness: damaged requests, full disks, signals, secrets in logs, and many backends at
//! once.

mod edge_cases;
mod hostile_input;
mod process_lifetime;
mod secrets;
mod soak;
