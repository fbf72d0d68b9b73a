//! How plans are made: joins that let others run and can be stopped, and one part where the order of rows would otherwise
//! be left to chance.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::coop::CooperativeExec;

/// Wraps every join so that it gives way after some batches: one that reads its other side again and again for a long
/// time is otherwise not stopped by dropping it.
#[derive(Debug)]
pub(super) struct CooperativeJoins;

impl PhysicalOptimizerRule for CooperativeJoins {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let wrapped = plan.transform_up(|plan| {
            Ok(if plan.name().contains("Join") {
                Transformed::yes(Arc::new(CooperativeExec::new(plan)) as Arc<dyn ExecutionPlan>)
            } else {
                Transformed::no(plan)
            })
        });
        wrapped.data()
    }

    fn name(&self) -> &'static str {
        "cooperative_joins"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// Whether rows come in an order that only one part keeps: a plan without sort, join, aggregate or window gives the
/// table's own, and a limit of what is not sorted would take whichever rows come first.
pub(super) fn wants_one_part(plan: &LogicalPlan) -> bool {
    let (mut plain, mut limit_unsorted) = (true, false);
    let looked = plan.apply_with_subqueries(|node| {
        match node {
            LogicalPlan::Sort(_)
            | LogicalPlan::Join(_)
            | LogicalPlan::Aggregate(_)
            | LogicalPlan::Window(_)
            | LogicalPlan::Distinct(_) => plain = false,
            LogicalPlan::Limit(limit) => limit_unsorted |= !is_sorted(&limit.input),
            _ => {}
        }
        Ok(TreeNodeRecursion::Continue)
    });
    looked.is_err() || plain || limit_unsorted
}

/// Whether a plan's rows are sorted.
fn is_sorted(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Sort(_) => true,
        LogicalPlan::Projection(_) | LogicalPlan::SubqueryAlias(_) | LogicalPlan::Filter(_) => {
            plan.inputs().first().is_some_and(|input| is_sorted(input))
        }
        _ => false,
    }
}
