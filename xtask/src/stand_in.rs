//! Stand-in tools for tests: small shell scripts.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::process;

/// Makes `file` an executable script of `body`.
///
/// Written by a process of its own: a script that another test's fork still holds open for
/// writing could not be run.
pub(crate) fn script(file: &Path, body: &str) {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, "").unwrap();
    std::fs::set_permissions(file, PermissionsExt::from_mode(0o755)).unwrap();
    let mut writer = Command::new("/bin/sh");
    writer.args(["-c", r#"printf '#!/bin/sh\n%s\n' "$1" > "$0""#]);
    process::run(writer.arg(file).arg(body)).unwrap();
}
