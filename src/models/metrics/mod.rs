//! Measures of quality, by scikit-learn's and scikit-uplift's conventions.

pub mod clustering;
