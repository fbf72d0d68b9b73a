//! Text of a log within HTML and Markdown: no letter of it is taken for markup, and what would turn it around or hide in
//! it is written out.

use crate::text::shown;

/// A text within HTML, between tags or within an attribute's quotes.
pub fn html(text: &str) -> String {
    let text = shown(text);
    let mut out = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(letter),
        }
    }
    out
}

/// A text within a line, or a table's cell, of Markdown.
pub fn markdown(text: &str) -> String {
    let text = shown(text);
    let mut out = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '$' => out.extend(['\\', letter]),
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_taken_for_markup() {
        let hostile = "<script>alert('1')</script> & \"x\"\u{202e}";
        let told = html(hostile);
        assert_eq!(told, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot;\\u{202e}");
        assert_eq!(markdown("a|b `c` [d](e) <i> \n"), "a\\|b \\`c\\` \\[d\\](e) &lt;i&gt; \\\\n");
    }
}
