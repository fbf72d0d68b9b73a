//! What the program costs and how well its models do, measured here and now.
//!
//! [`stages`] times a whole log, [`recommend`] a split of user and item, [`uplift`] a campaign. Nothing is estimated.

mod machine;
mod plain_read;
mod recommend;
mod stages;
mod timing;
mod uplift;

pub use machine::Machine;
pub use recommend::{SplitReport, recommend};
pub use stages::{InputTiming, StageTiming, StagesReport, stages};
pub use timing::Timing;
pub use uplift::{ArmScore, UpliftReport, uplift};
