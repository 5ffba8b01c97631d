//! Tokens: what is believed, and that nothing else is.

mod attacks;
mod keys;
mod support;
mod verification;
