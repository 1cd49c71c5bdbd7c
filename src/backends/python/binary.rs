//! Recognizes native code by the first bytes of a file.

/// The number of bytes that are needed.
pub(super) const LENGTH: usize = 8;

/// Whether a file that starts with these bytes is a program or library of Linux or macOS.
pub(super) fn is_native(start: &[u8]) -> bool {
    const ELF: &[u8] = b"\x7fELF";
    const MACH_O: [&[u8]; 2] = [b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe"];
    start.starts_with(ELF)
        || MACH_O.iter().any(|magic| start.starts_with(magic))
        || is_universal(start)
}

/// Whether it is a file of macOS for several architectures. A class of Java begins with the same
/// bytes; its version follows, where a universal file has the number of architectures.
fn is_universal(start: &[u8]) -> bool {
    const MAGIC: [&[u8]; 2] = [b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf"];
    const FIRST_JAVA: u32 = 45;
    let number = start.get(4..8).and_then(|bytes| bytes.try_into().ok());
    let number = number.map(u32::from_be_bytes);
    let is_small = number.is_some_and(|number| number < FIRST_JAVA);
    MAGIC.iter().any(|magic| start.starts_with(magic)) && is_small
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn native_code_is_recognized() {
        for (start, expected) in [
            (b"\x7fELF\x02\x01\x01\x00", true),
            (b"\xcf\xfa\xed\xfe\x0c\x00\x00\x01", true),
            (b"\xce\xfa\xed\xfe\x07\x00\x00\x00", true),
            (b"\xca\xfe\xba\xbe\x00\x00\x00\x02", true),
            // A class of Java 8.
            (b"\xca\xfe\xba\xbe\x00\x00\x00\x34", false),
            (b"#!/bin/s", false),
        ] {
            assert_eq!(is_native(start), expected, "{start:?}");
        }
        assert!(!is_native(b""));
    }
}
