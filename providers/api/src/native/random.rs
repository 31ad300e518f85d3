//! Random bytes, and how they are written.

use std::fmt::Write as _;

use super::Randomness;
use crate::AttributeDiagnostic;

/// The system gave no randomness.
#[derive(Debug, thiserror::Error)]
#[error("The operating system gave no random bytes: {0}.")]
pub struct RandomnessError(#[from] std::io::Error);

impl From<RandomnessError> for Vec<AttributeDiagnostic> {
    fn from(error: RandomnessError) -> Self {
        vec![AttributeDiagnostic::error("No randomness", error.to_string())]
    }
}

/// `count` random bytes.
pub fn random_bytes(source: &dyn Randomness, count: usize) -> Result<Vec<u8>, RandomnessError> {
    let mut bytes = vec![0; count];
    source.fill(&mut bytes)?;
    Ok(bytes)
}

/// Sixteen random bytes, written as a UUID is. As HashiCorp's library does, the bits that tell the
/// variant and version are random too.
pub fn uuid(source: &dyn Randomness) -> Result<String, RandomnessError> {
    let mut bytes = [0; 16];
    source.fill(&mut bytes)?;
    let digits = format!("{:032x}", u128::from_be_bytes(bytes));
    let part = |range| digits.get(range).unwrap_or_default();
    Ok(format!("{}-{}-{}-{}-{}", part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)))
}

/// Two lower-case hexadecimal digits to a byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
