//! Where the database is: what `--database` and `DOORSTEP_DATABASE` may say, and what holds
//! when they say nothing.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
pub enum LocationError {
    /// Another engine's URL.
    #[error("`{0}` is not supported: give the path of an SQLite file, or sqlite://PATH")]
    OtherEngine(String),
    /// Not a place for a file.
    #[error("the database {path} cannot be opened: {error}")]
    File {
        /// The place.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// No user's data folder.
    #[error("this user has no data folder: say where the database is with --database PATH")]
    NoDataFolder,
}

/// The file a database URL names: a path, `sqlite:PATH` or `sqlite://PATH`; without one, a file
/// in the user's data folder (XDG).
pub fn database_path(url: Option<&str>) -> Result<PathBuf, LocationError> {
    let Some(url) = url.filter(|url| !url.is_empty()) else {
        let folders = ProjectDirs::from("", "", "doorstep").ok_or(LocationError::NoDataFolder)?;
        return Ok(folders.data_dir().join("doorstep.sqlite"));
    };
    let path = url
        .strip_prefix("sqlite://")
        .or_else(|| url.strip_prefix("sqlite:"));
    match path {
        Some(path) if !path.is_empty() => Ok(path.into()),
        None if !url.contains("://") => Ok(url.into()),
        _ => Err(LocationError::OtherEngine(url.to_owned())),
    }
}

/// Makes the file, readable for this user only, if it is missing: it holds people's names and
/// the office's key. The folder is made as well when it is the default one.
pub fn ensure_file(path: &Path, default: bool) -> Result<(), LocationError> {
    let failed = |error| LocationError::File {
        path: path.to_owned(),
        error,
    };
    if default && let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map_err(failed)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_a_path_or_an_sqlite_url() {
        for (url, path) in [
            ("a/b.sqlite", "a/b.sqlite"),
            ("sqlite:///var/a.sqlite", "/var/a.sqlite"),
            ("sqlite://a.sqlite", "a.sqlite"),
            ("sqlite:a.sqlite", "a.sqlite"),
        ] {
            assert_eq!(database_path(Some(url)).unwrap(), Path::new(path));
        }
        for other in ["postgres://host/db", "sqlite://", "https://a.example"] {
            assert!(database_path(Some(other)).is_err(), "{other}");
        }
    }

    #[test]
    fn a_new_file_is_its_users_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/a.sqlite");
        assert!(ensure_file(&path, false).is_err());
        ensure_file(&path, true).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
