//! Runs the build script, on systems with bash.
//!
//! rattler-build can do this too. It reads the two streams of the script separately and one byte
//! at a time, so that lines of one are among those of the other, a long line takes minutes, and a
//! server that the script leaves behind blocks the build. Here, both streams are one pipe.

use std::io::{self, Write};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rattler_build_core::env_vars;
use rattler_build_core::types::Output;
use rattler_build_recipe::stage1::build::BuildPlan;
use rattler_build_script::{InterpreterError, RuntimeEnv};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::Receiver;
use tokio::process::{Child, Command};
use tracing::Instrument;

use crate::engine::failure::SCRIPT_STATUS;
use crate::engine::script_lines::ScriptLines;

/// The variables of this process that every script gets.
const PASSED_ON: [&str; 13] = [
    "DISPLAY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "REQUESTS_CA_BUNDLE",
    "SSH_AUTH_SOCK",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TMPDIR",
    "__CF_USER_TEXT_ENCODING",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// Those of [`PASSED_ON`] that only macOS passes on.
const OF_MACOS: [&str; 2] = ["TMPDIR", "__CF_USER_TEXT_ENCODING"];

/// How long processes may write after the script has ended.
const REST: Duration = Duration::from_secs(2);

/// Writes the script of `output`, and runs it.
///
/// # Errors
/// A script that cannot be written or started, or that fails; a log that cannot be written; an
/// interpreter that is missing or unknown.
pub(super) async fn run(output: &Output) -> Result<(), InterpreterError> {
    let directories = &output.build_configuration.directories;
    // The list of an earlier build.
    match std::fs::remove_file(directories.package_files_list_path()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    output.create_build_script().await.map_err(unwritten)?;
    let span = tracing::info_span!("Running build script");
    let status = follow(output).instrument(span).await?;
    if status.success() {
        return Ok(());
    }
    let failed = format!("{SCRIPT_STATUS} {}", status.code().unwrap_or(1));
    Err(io::Error::other(failed).into())
}

/// The reason why a script was not written. rattler-build gives only the text of an error about an
/// interpreter.
fn unwritten(error: io::Error) -> InterpreterError {
    let text = error.to_string();
    let quoted = |start: &str| text.strip_prefix(start)?.split_once('\'');
    if let Some((name, _)) = quoted("unsupported interpreter '") {
        return InterpreterError::UnsupportedInterpreter(name.to_string());
    }
    match quoted("interpreter '") {
        Some((name, " was not found in the build environment")) => {
            InterpreterError::InterpreterNotFound(name.to_string())
        }
        Some((name, rest)) => InterpreterError::InvalidInterpreter {
            interpreter: name.to_string(),
            reason: rest
                .split_once(": ")
                .map_or(rest, |(_, reason)| reason)
                .to_string(),
        },
        None => error.into(),
    }
}

/// Starts the script and passes its lines on until it ends.
async fn follow(output: &Output) -> io::Result<ExitStatus> {
    let directories = &output.build_configuration.directories;
    let folder = &directories.work_dir;
    let (reader, writer) = io::pipe()?;
    let mut reader = Receiver::from_owned_fd(reader.into())?;
    let mut log = std::fs::File::options()
        .create(true)
        .append(true)
        .open(folder.join("conda_build.log"))?;
    let mut child = start(output, folder, writer)?;
    let mut lines = ScriptLines::new([
        (&directories.build_prefix, "$BUILD_PREFIX"),
        (&directories.host_prefix, "$PREFIX"),
        (folder, "$SRC_DIR"),
    ]);
    let mut pass_on = |lines: Vec<String>| -> io::Result<()> {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        log.write_all(text.as_bytes())?;
        lines.iter().for_each(|line| tracing::info!("{line}"));
        Ok(())
    };
    let mut buffer = vec![0; 64 * 1024];
    let status = loop {
        tokio::select! {
            // The end comes first: another process may never stop writing.
            biased;
            status = child.wait() => break status?,
            read = reader.read(&mut buffer) => match read? {
                0 => break child.wait().await?,
                count => pass_on(lines.add(&buffer[..count]))?,
            },
        }
    };
    // A process that is still running has the pipe too.
    let rest = async {
        loop {
            match reader.read(&mut buffer).await? {
                0 => break Ok::<_, io::Error>(()),
                count => pass_on(lines.add(&buffer[..count]))?,
            }
        }
    };
    let ended = tokio::time::timeout(REST, rest).await;
    pass_on(lines.rest().into_iter().collect())?;
    match ended {
        Ok(rest) => rest?,
        Err(_) => tracing::warn!(
            "a process that the script started is still running (help: end it in the script)"
        ),
    }
    Ok(status)
}

/// Starts bash with the script. The script itself sets the variables of the build.
fn start(output: &Output, folder: &Path, pipe: io::PipeWriter) -> io::Result<Child> {
    let mut command = Command::new("bash");
    command
        .arg(folder.join("conda_build.sh"))
        .current_dir(folder)
        .env_clear()
        .env("PWD", folder)
        .stdin(Stdio::null())
        .stdout(pipe.try_clone()?)
        .stderr(pipe)
        // An error must not leave it running in a directory that the next build uses.
        .kill_on_drop(true);
    let runtime = RuntimeEnv::current();
    let is_passed_on = |name: &&&str| cfg!(target_os = "macos") || !OF_MACOS.contains(name);
    let passed_on = PASSED_ON.iter().filter(is_passed_on).copied();
    for name in passed_on.chain(secrets(output)) {
        if let Some(value) = runtime.var(name) {
            command.env(name, value);
        }
    }
    let configuration = &output.build_configuration;
    let mut variables = env_vars::os_vars(
        &configuration.directories.host_prefix,
        &configuration.target_platform,
        &output.host_platform().platform,
        &configuration.build_platform.platform,
        configuration.env_isolation,
        folder,
        &runtime,
    );
    if let Some(Some(path)) = variables.remove("PATH") {
        command.env("PATH", path);
    }
    command.spawn()
}

/// The names of the secrets that the script of `output` reads.
fn secrets(output: &Output) -> impl Iterator<Item = &str> {
    let script = match &output.recipe.build.plan {
        BuildPlan::Script(script) => Some(script),
        BuildPlan::Steps(_) => None,
    };
    let secrets = script.into_iter().flat_map(|script| &script.secrets);
    secrets.map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_about_an_interpreter_is_recognized_as_text() {
        let errors = [
            InterpreterError::InterpreterNotFound("perl".to_string()),
            InterpreterError::UnsupportedInterpreter("brus".to_string()),
            InterpreterError::InvalidInterpreter {
                interpreter: "nu".to_string(),
                reason: "too old: 0.1".to_string(),
            },
        ];
        for error in errors {
            let text = error.to_string();
            let found = unwritten(io::Error::other(text.clone()));
            assert_eq!(format!("{found:?}"), format!("{error:?}"), "{text}");
        }
        let other = io::Error::other("could not resolve recipe file \"a.sh\"");
        let is_other = matches!(unwritten(other), InterpreterError::ExecutionFailed(_));
        assert!(is_other);
    }
}
