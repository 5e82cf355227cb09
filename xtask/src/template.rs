//! Filling `{{name}}` in the files of `public/`; it reads and writes no file.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

/// Each `{{name}}` replaced by its value; a name without one is an error.
pub(crate) fn fill(template: &str, values: &BTreeMap<String, String>) -> Result<String> {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").context("`{{` without its `}}`")?;
        let value = values
            .get(name)
            .with_context(|| format!("there is no `{name}`"))?;
        filled.push_str(before);
        filled.push_str(value);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_values() {
        let values = BTreeMap::from([("a.js".to_owned(), "/assets/a-1.js".to_owned())]);
        assert_eq!(
            fill("x {{a.js}} {{a.js}}!", &values).unwrap(),
            "x /assets/a-1.js /assets/a-1.js!"
        );
        assert_eq!(
            fill("{{b.js}}", &values).unwrap_err().to_string(),
            "there is no `b.js`"
        );
        assert_eq!(
            fill("{{a.js", &values).unwrap_err().to_string(),
            "`{{` without its `}}`"
        );
    }
}
