//! The checklist of a prompt, and how far its steps have brought it.
use super::prompt::Item;

/// The checklist and how far it is.
pub(super) struct Plan {
    pub(super) items: Vec<(Item, &'static str)>,
    /// Items that were open at the start: the n-th belongs to the n-th step.
    open: Vec<usize>,
}

impl Plan {
    pub(super) fn new(items: Vec<Item>) -> Self {
        let status = |item: &Item| if item.is_done { "completed" } else { "pending" };
        let items: Vec<_> = items
            .into_iter()
            .map(|item| (status(&item), item))
            .collect();
        let items: Vec<_> = items
            .into_iter()
            .map(|(status, item)| (item, status))
            .collect();
        let open = (0..items.len())
            .filter(|index| items[*index].1 == "pending")
            .collect();
        Self { items, open }
    }

    pub(super) fn begin(&mut self, step: usize) -> bool {
        self.mark(step, "in_progress")
    }

    /// The last step completes what is left.
    pub(super) fn complete(&mut self, step: usize, is_last: bool) -> bool {
        if is_last {
            self.items.iter_mut().for_each(|item| item.1 = "completed");
            return !self.items.is_empty();
        }
        self.mark(step, "completed")
    }

    pub(super) fn give_up(&mut self) -> bool {
        let open = self.items.iter_mut().find(|item| item.1 == "in_progress");
        open.map(|item| item.1 = "pending").is_some()
    }

    fn mark(&mut self, step: usize, status: &'static str) -> bool {
        let index = self.open.get(step).copied();
        index
            .and_then(|index| self.items.get_mut(index))
            .map(|item| item.1 = status)
            .is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(items: &[bool]) -> Plan {
        Plan::new(
            items
                .iter()
                .map(|&is_done| Item {
                    text: "x".into(),
                    is_done,
                })
                .collect(),
        )
    }

    fn states(plan: &Plan) -> Vec<&'static str> {
        plan.items.iter().map(|item| item.1).collect()
    }

    #[test]
    fn items_advance_with_the_steps_and_the_last_step_completes_the_rest() {
        let mut plan = plan(&[true, false, false, false]);
        assert!(plan.begin(0));
        assert_eq!(
            states(&plan),
            ["completed", "in_progress", "pending", "pending"]
        );
        plan.complete(0, false);
        plan.begin(1);
        assert_eq!(
            states(&plan),
            ["completed", "completed", "in_progress", "pending"]
        );
        plan.complete(1, true);
        assert_eq!(states(&plan), ["completed"; 4]);
    }

    #[test]
    fn an_item_whose_step_failed_is_pending_again() {
        let mut plan = plan(&[false, false]);
        plan.begin(0);
        assert!(plan.give_up());
        assert_eq!(states(&plan), ["pending", "pending"]);
        assert!(!plan.begin(2) && !plan.give_up());
    }
}
