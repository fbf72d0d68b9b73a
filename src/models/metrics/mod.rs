//! Measures of quality, by scikit-learn's and scikit-uplift's conventions.

pub mod classification;
pub mod clustering;
pub mod regression;
