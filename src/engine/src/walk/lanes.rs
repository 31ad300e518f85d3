//! What waits for a place, by lane: first come, first served, over all lanes that have room.

use std::collections::VecDeque;

/// When something came to wait. What was begun before goes before what was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    fresh: bool,
    number: u64,
}

/// All lanes.
pub(super) struct Lanes<T> {
    all: Vec<Lane<T>>,
    /// Places that are taken, in all lanes.
    busy: usize,
    /// Places that there are over all lanes.
    most: usize,
    turns: u64,
}

struct Lane<T> {
    begun: VecDeque<(Turn, T)>,
    fresh: VecDeque<(Turn, T)>,
    /// Places that are taken.
    busy: usize,
}

impl<T> Lane<T> {
    fn first(&self) -> Option<Turn> {
        self.begun.front().or_else(|| self.fresh.front()).map(|(turn, _)| *turn)
    }
}

impl<T> Lanes<T> {
    /// So many lanes, with at most so many places together.
    pub(super) fn new(count: usize, most: Option<usize>) -> Self {
        let lane = || Lane { begun: VecDeque::new(), fresh: VecDeque::new(), busy: 0 };
        Self {
            all: std::iter::repeat_with(lane).take(count.max(1)).collect(),
            busy: 0,
            most: most.unwrap_or(usize::MAX).max(1),
            turns: 0,
        }
    }

    /// The number of the last lane.
    pub(super) const fn last(&self) -> usize {
        self.all.len() - 1
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.all.iter().all(|lane| lane.first().is_none())
    }

    /// Has something wait that is not begun.
    pub(super) fn wait(&mut self, lane: usize, what: T) {
        let turn = self.turn(true);
        self.lane(lane).fresh.push_back((turn, what));
    }

    /// Has the rest of something wait where it was.
    pub(super) fn wait_on(&mut self, lane: usize, turn: Turn, rest: T) {
        self.lane(lane).fresh.push_front((turn, rest));
    }

    /// Has something wait that is begun.
    pub(super) fn wait_begun(&mut self, lane: usize, what: T) {
        let turn = self.turn(false);
        self.lane(lane).begun.push_back((turn, what));
    }

    fn turn(&mut self, fresh: bool) -> Turn {
        self.turns += 1;
        Turn { fresh, number: self.turns }
    }

    fn lane(&mut self, lane: usize) -> &mut Lane<T> {
        let lane = lane.min(self.last());
        &mut self.all[lane]
    }

    /// Whether there is a place in a lane that has so many.
    pub(super) fn has_room(&self, lane: usize, room: usize) -> bool {
        let busy = self.all.get(lane).map_or(0, |lane| lane.busy);
        self.busy < self.most && busy < room.max(1)
    }

    /// Takes what is next out of those that find a place.
    pub(super) fn next(&mut self, room: impl Fn(usize) -> usize) -> Option<(Turn, T)> {
        if self.busy >= self.most {
            return None;
        }
        let waiting = self.all.iter().enumerate().filter_map(|(at, lane)| {
            let turn = lane.first()?;
            (lane.busy == 0 || lane.busy < room(at)).then_some((turn, at))
        });
        let (_, at) = waiting.min()?;
        let lane = self.all.get_mut(at)?;
        lane.begun.pop_front().or_else(|| lane.fresh.pop_front())
    }

    /// Takes a place.
    pub(super) fn enter(&mut self, lane: Option<usize>) {
        if let Some(lane) = lane {
            self.lane(lane).busy += 1;
            self.busy += 1;
        }
    }

    /// Gives a place back.
    pub(super) fn leave(&mut self, lane: Option<usize>) {
        if let Some(lane) = lane {
            self.lane(lane).busy -= 1;
            self.busy -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lanes;

    fn next(lanes: &mut Lanes<&'static str>, room: [usize; 2]) -> Option<&'static str> {
        lanes.next(|lane| room[lane]).map(|(_, what)| what)
    }

    #[test]
    fn a_full_lane_keeps_nobody_else_waiting() {
        let mut lanes = Lanes::new(2, None);
        lanes.wait(0, "a");
        lanes.wait(1, "b");
        lanes.enter(Some(0));
        assert_eq!(next(&mut lanes, [1, 1]), Some("b"));
        assert_eq!(next(&mut lanes, [1, 1]), None);
        assert!(!lanes.is_empty());
        lanes.leave(Some(0));
        assert_eq!(next(&mut lanes, [1, 1]), Some("a"));
        assert!(lanes.is_empty());
    }

    #[test]
    fn what_is_begun_comes_first_and_the_rest_by_its_turn() {
        let mut lanes = Lanes::new(2, None);
        lanes.wait(0, "first");
        lanes.wait(1, "second");
        lanes.wait_begun(1, "begun");
        assert_eq!(next(&mut lanes, [1, 1]), Some("begun"));
        let (turn, _) = lanes.next(|_| 1).expect("something waits");
        lanes.wait_on(0, turn, "rest of the first");
        assert_eq!(next(&mut lanes, [1, 1]), Some("rest of the first"));
        assert_eq!(next(&mut lanes, [1, 1]), Some("second"));
    }

    #[test]
    fn one_limit_can_be_over_all() {
        let mut lanes = Lanes::new(2, Some(1));
        lanes.wait(0, "a");
        lanes.enter(Some(1));
        assert!(!lanes.has_room(0, 9));
        assert_eq!(next(&mut lanes, [9, 9]), None);
        lanes.leave(Some(1));
        assert_eq!(next(&mut lanes, [9, 9]), Some("a"));
    }

    #[test]
    fn what_takes_no_place_is_not_limited() {
        let mut lanes = Lanes::new(1, Some(1));
        lanes.enter(None);
        lanes.wait(0, "a");
        assert_eq!(lanes.next(|_| 1).map(|(_, what)| what), Some("a"));
    }
}
