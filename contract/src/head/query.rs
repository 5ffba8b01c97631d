//! The client token of a stock client: `?token=`.

use crate::limits::TOKEN_BYTES_MAX;

/// Reads the token of a query, which is given as it was sent, without its question mark; absent if there is none.
///
/// A token is made of characters that no encoder touches, so it is read as it stands: a spelling with `%` is none.
///
/// # Errors
/// If there are several, or what is there cannot be one.
pub fn token_of_query(query: &str) -> Result<Option<&str>, MalformedTokenQuery> {
    let mut tokens = query
        .split('&')
        .filter_map(|pair| pair.strip_prefix("token="));
    let Some(token) = tokens.next() else {
        return Ok(None);
    };
    let is_sound = (1..=TOKEN_BYTES_MAX).contains(&token.len())
        && token
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    if is_sound && tokens.next().is_none() {
        Ok(Some(token))
    } else {
        Err(MalformedTokenQuery)
    }
}

/// The query's token cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the query must hold one `token=`, as it was issued")]
pub struct MalformedTokenQuery;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_found_wherever_it_stands() {
        for query in [
            "token=client.1.k-_9",
            "user=a&token=client.1.k-_9",
            "token=client.1.k-_9&b",
        ] {
            assert_eq!(token_of_query(query), Ok(Some("client.1.k-_9")), "{query}");
        }
    }

    #[test]
    fn a_query_without_a_token_is_no_mistake() {
        for query in [
            "",
            "&",
            "user=a",
            "Token=a",
            "atoken=a",
            "token",
            "a=token=b",
        ] {
            assert_eq!(token_of_query(query), Ok(None), "{query}");
        }
    }

    #[test]
    fn two_tokens_or_another_spelling_are_refused() {
        let long = format!("token={}", "a".repeat(TOKEN_BYTES_MAX + 1));
        for query in [
            "token=",
            "token=a&token=a",
            "token=&token=a",
            "token=a%2E",
            "token=a+b",
            "token=a=",
            "token=é",
            &long,
        ] {
            assert_eq!(token_of_query(query), Err(MalformedTokenQuery), "{query}");
        }
    }
}
