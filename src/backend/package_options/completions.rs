//! `completions`: the output of a program, the files that it writes, or existing files.

use serde_json::Value;

use super::reader::{Reader, Result};
use crate::backend::extras::{Completion, CompletionSource, Run, Shell};
use crate::diagnostic::list;

/// Reads the completions of one command. `None` if a target switches them off.
///
/// # Errors
/// Keys and values that are not valid.
pub(super) fn read(command: &str, value: &Value) -> Result<Option<Completion>> {
    let reader = Reader::new(&["completions", command], value);
    let from = match value {
        Value::Bool(false) => return Ok(None),
        Value::Array(_) => {
            let run = run(command, reader.texts()?, Vec::new());
            CompletionSource::Printed(run, Shell::USUAL.to_vec())
        }
        Value::Object(table) if table.contains_key("files") => files(&reader)?,
        _ => program(command, &reader)?,
    };
    Ok(Some(Completion {
        at: reader.at(),
        command: command.to_string(),
        from,
    }))
}

fn run(program: &str, args: Vec<String>, env: Vec<(String, String)>) -> Run {
    Run {
        program: program.to_string(),
        args,
        env,
    }
}

fn files(reader: &Reader<'_>) -> Result<CompletionSource> {
    reader.table(&["files"])?;
    let files = reader.get("files").expect("it is there");
    let Value::Object(table) = files.value() else {
        let paths = files.texts()?;
        let mut index = 0..;
        for path in &paths {
            let number = index.next().unwrap_or_default().to_string();
            let value = Value::String(path.clone());
            let at = files.at();
            let at: Vec<&str> = at
                .iter()
                .map(String::as_str)
                .chain([number.as_str()])
                .collect();
            Reader::new(&at, &value).path()?;
        }
        return if paths.is_empty() {
            Err(files.wrong("is empty", "name the files that complete the command"))
        } else {
            Ok(CompletionSource::Files(paths))
        };
    };
    let names = Shell::ALL.map(Shell::name);
    files.table(&names)?;
    let named = table.keys().map(|key| {
        let shell = Shell::ALL.into_iter().find(|shell| shell.name() == key);
        let path = files.get(key).expect("it is there").path()?;
        Ok((shell.expect("the keys were checked"), path))
    });
    Ok(CompletionSource::Named(named.collect::<Result<_>>()?))
}

fn program(command: &str, reader: &Reader<'_>) -> Result<CompletionSource> {
    reader.table(&["args", "env", "program", "shells", "output", "files"])?;
    let args = match reader.get("args") {
        Some(args) => args.texts()?,
        None => Vec::new(),
    };
    let env = match reader.get("env") {
        Some(env) => env.variables()?,
        None => Vec::new(),
    };
    let program = match reader.get("program") {
        Some(program) => program.name()?,
        None => command.to_string(),
    };
    let shells = match reader.get("shells") {
        Some(shells) => self::shells(&shells)?,
        None => Shell::USUAL.to_vec(),
    };
    let run = run(&program, args, env);
    let says_shell = |text: &String| text.contains("{shell}");
    let depends = run.args.iter().any(says_shell) || run.env.iter().any(|(_, it)| says_shell(it));
    if writes_files(reader)? {
        return Ok(CompletionSource::Written(run, shells));
    }
    if depends || shells.len() == 1 {
        Ok(CompletionSource::Printed(run, shells))
    } else {
        Err(reader.wrong(
            "would print the same for every shell",
            "write `{shell}` where the name of the shell belongs, in `args` or in a value of `env`",
        ))
    }
}

/// Whether a program writes files instead of printing to stdout.
pub(super) fn writes_files(reader: &Reader<'_>) -> Result<bool> {
    let Some(output) = reader.get("output") else {
        return Ok(false);
    };
    match output.text()?.as_str() {
        "stdout" => Ok(false),
        "files" => Ok(true),
        other => Err(output.wrong(
            &format!("is `{other}`, which is not a kind of output"),
            "write `stdout` for a program that prints, `files` for one that writes files",
        )),
    }
}

fn shells(reader: &Reader<'_>) -> Result<Vec<Shell>> {
    let names = reader.texts()?;
    let read = names.iter().map(|name| {
        let shell = Shell::ALL.into_iter().find(|shell| shell.name() == name);
        let known = || list(Shell::ALL.map(Shell::name));
        shell.ok_or_else(|| {
            reader.wrong(
                &format!("has `{name}`, which is not a shell with completions"),
                &format!("the shells are {}", known()),
            )
        })
    });
    let shells: Vec<Shell> = read.collect::<Result<_>>()?;
    if shells.is_empty() {
        Err(reader.wrong("is empty", "name shells, or write `false` for the command"))
    } else {
        Ok(shells)
    }
}
