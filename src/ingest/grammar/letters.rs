//! Letters as words are compared by: lower case, without accents.

/// A lower-case letter without its accent.
pub(in crate::ingest) fn plain(letter: char) -> char {
    match letter {
        'à' | 'á' | 'â' | 'ä' | 'ã' | 'å' | 'ą' | 'æ' => 'a',
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ı' => 'i',
        'ò' | 'ó' | 'ô' | 'ö' | 'õ' | 'ø' => 'o',
        'ù' | 'ú' | 'û' | 'ü' | 'ů' => 'u',
        'ý' | 'ÿ' => 'y',
        'ç' | 'ć' | 'č' => 'c',
        'ğ' => 'g',
        'ł' => 'l',
        'ń' | 'ñ' | 'ň' => 'n',
        'ř' => 'r',
        'ś' | 'ş' | 'š' | 'ß' => 's',
        'ź' | 'ż' | 'ž' => 'z',
        'ё' => 'е',
        other => other,
    }
}
