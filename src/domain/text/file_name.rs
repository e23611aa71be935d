//! Names of files that people save.

use super::fold::tidy;

/// Characters of a name before its ending.
const MOST: usize = 120;

/// `Giấy chứng nhận DR 204001.pdf`: the name with the ending of its media type. What a file system or a mail program stumbles over
/// becomes a hyphen; what turns or hides letters is left out.
pub fn file_name(name: &str, media_type: &str) -> String {
    let hidden = |c: char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let letter = |c: char| match c {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
        c if c.is_control() => ' ',
        c => c,
    };
    let clean: String = name.chars().filter(|c| !hidden(*c)).map(letter).collect();
    let short: String = tidy(&clean).trim_matches(['.', ' ']).chars().take(MOST).collect();
    let stem = if short.is_empty() { "diaba" } else { short.trim_end() };
    format!("{stem}.{}", ending(media_type))
}

fn ending(media_type: &str) -> &str {
    match media_type {
        "image/jpeg" => "jpg",
        "image/tiff" => "tif",
        "application/pdf" | "application/zip" | "image/png" | "image/webp" => {
            media_type.rsplit('/').next().unwrap_or("bin")
        }
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_safe_to_save_and_keeps_its_letters() {
        assert_eq!(file_name("Giấy chứng nhận DR 204001", "application/pdf"), "Giấy chứng nhận DR 204001.pdf");
        assert_eq!(file_name("Thông báo thuế 12/2026", "image/jpeg"), "Thông báo thuế 12-2026.jpg");
        assert_eq!(file_name("../../a\u{202e}gpj\0", "text/html"), "-..-agpj.bin");
        assert_eq!(file_name("\u{feff} . ", "image/png"), "diaba.png");
        assert_eq!(file_name(&"ố".repeat(300), "image/webp").chars().count(), MOST + 5);
    }
}
