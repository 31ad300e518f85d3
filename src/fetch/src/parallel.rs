//! Work on several things at once, of which is told in order.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

/// More would take turns on the same connection to the outside.
const THREADS: usize = 8;

/// Works on all items, several at once. `tell` is called on this thread for each in their order,
/// with what its work has to say: as it comes, for the first that is not finished.
pub(crate) fn in_order<T: Sync, M: Send>(
    items: &[T],
    work: impl Fn(&T, &Sender<M>) + Sync,
    mut tell: impl FnMut(&T, Receiver<M>),
) {
    let (waiting, receivers): (VecDeque<_>, Vec<_>) = items
        .iter()
        .map(|item| {
            let (sender, receiver) = channel();
            ((item, sender), (item, receiver))
        })
        .unzip();
    let waiting = Mutex::new(waiting);
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    std::thread::scope(|scope| {
        for _ in 0..THREADS.min(items.len()) {
            scope.spawn(|| {
                while let Some((item, sender)) = next() {
                    work(item, &sender);
                }
            });
        }
        for (item, receiver) in receivers {
            tell(item, receiver);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_told_in_order() {
        let items: Vec<usize> = (0..100).collect();
        let mut told = Vec::new();
        let work = |item: &usize, say: &Sender<usize>| {
            for part in 0..item % 3 {
                say.send(part).expect("somebody listens");
            }
        };
        in_order(&items, work, |item, heard| told.push((*item, heard.iter().count())));
        let expected: Vec<_> = items.iter().map(|item| (*item, item % 3)).collect();
        assert_eq!(told, expected);
        in_order(&[], work, |_, _| panic!("there is nothing to tell"));
    }
}
