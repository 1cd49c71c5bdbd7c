//! The variables that decide how the `cc` crate compiles C.

/// Variables that name a compiler or a tool of it. Each can be combined with a target or a
/// role.
const TOOLS: [&str; 5] = ["CC", "CXX", "AR", "RANLIB", "NM"];

/// Variables that contain flags for compilers.
const FLAGS: [&str; 3] = ["CFLAGS", "CXXFLAGS", "CPPFLAGS"];

/// Whether a variable names a tool of C, or the OpenSSL that C code is compiled with.
pub(crate) fn names_tool(name: &str) -> bool {
    name == "OPENSSL_DIR" || TOOLS.iter().any(|tool| is_about(name, tool))
}

/// Whether a variable contains flags of a compiler of C or C++.
pub(crate) fn holds_flags(name: &str) -> bool {
    FLAGS.iter().any(|flags| is_about(name, flags))
}

/// Whether a variable is `what`, optionally followed by a target or preceded by a role.
fn is_about(name: &str, what: &str) -> bool {
    let role = name.strip_prefix("HOST_").or(name.strip_prefix("TARGET_"));
    let behind = name.strip_prefix(what);
    role == Some(what) || behind.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}
