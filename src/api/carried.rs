//! How values travel as text: one reader for all of them, so that the page holds each shape once.
use super::error::ApiError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::str::FromStr;

/// Reads a value from JSON.
///
/// # Errors
/// What is wrong with the text.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    // From bytes, as the server functions' own client reads: a second reader would double the
    // code of every shape in the page.
    serde_json::from_slice(text.as_bytes())
}

/// The answer of a page's one fetch, as the server writes it into the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Carried<T>(pub Result<T, ApiError>);

impl<T: Serialize> fmt::Display for Carried<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).map_err(|_| fmt::Error)?)
    }
}

impl<T: DeserializeOwned> FromStr for Carried<T> {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_and_an_error_come_back_as_they_went() {
        for answer in [Ok(7_u64), Err(ApiError::not_found("gone"))] {
            let carried = Carried(answer);
            assert_eq!(
                carried.to_string().parse::<Carried<u64>>().unwrap(),
                carried
            );
        }
    }
}
