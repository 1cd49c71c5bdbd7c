//! The backends. Each is one folder and sees nothing above the backend layer.

pub mod cargo;
