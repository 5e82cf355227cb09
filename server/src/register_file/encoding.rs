//! Which encoding a file is in: told by its first bytes, or by what is valid.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8};

use super::FileProblem;

/// The text, and the name of the encoding it was in.
pub(super) fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, &'static str), FileProblem> {
    // An .xlsx is a ZIP file, an .xls a compound file.
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(FileProblem::Workbook);
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return strictly(encoding, &bytes[mark..]);
    }
    // Text in GB18030 is next to never valid UTF-8 by chance, so UTF-8 is asked first.
    strictly(UTF_8, bytes).or_else(|_| strictly(GB18030, bytes))
}

fn strictly<'a>(
    encoding: &'static Encoding,
    bytes: &'a [u8],
) -> Result<(Cow<'a, str>, &'static str), FileProblem> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    Ok((text.ok_or(FileProblem::Encoding)?, name(encoding)))
}

fn name(encoding: &'static Encoding) -> &'static str {
    // `encoding_rs` writes GB18030's name in lower case.
    if encoding == GB18030 {
        "GB18030"
    } else {
        encoding.name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_told_by_mark_or_validity() {
        let gb18030 = [0xc2, 0xa5, 0xb6, 0xb0];
        for (bytes, text, encoding) in [
            (&b"room"[..], "room", "UTF-8"),
            ("楼栋".as_bytes(), "楼栋", "UTF-8"),
            (b"\xef\xbb\xbfroom", "room", "UTF-8"),
            (&gb18030, "楼栋", "GB18030"),
            (b"\xff\xfer\0", "r", "UTF-16LE"),
        ] {
            assert_eq!(decode(bytes), Ok((text.into(), encoding)));
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(decode(b"\xff\xff\xff"), Err(FileProblem::Encoding));
        assert_eq!(decode(b"PK\x03\x04rest"), Err(FileProblem::Workbook));
    }
}
