//! The page's side of the twin: a thread of its own, started when it is first wanted.

use super::{Lab, unavailable};
use crate::core::{obstacle::Obstacle, refusal::Refusal};
use crate::platform::worker::{self, Worker};
use crate::runtime::role;
use crate::scenario::Scenario;
use crate::wire::{
    lane::Buffer,
    twin::{
        Answered, JitterOrder, JitterRow, TwinAnswer, TwinOrder, Wanted, decode_answered,
        encode_wanted,
    },
};
use futures_channel::oneshot;
use std::collections::BTreeMap;

/// Runs that may wait for the twin.
const PENDING: usize = 1_000;

/// The twin's thread, as the page holds it.
#[derive(Default)]
pub(super) struct Twin {
    worker: Option<Worker>,
    /// Orders for a twin that is not ready yet; none once it is.
    outbox: Option<Vec<Vec<u8>>>,
    pending: BTreeMap<u32, oneshot::Sender<Answered>>,
    next: u32,
}

impl Lab {
    /// Runs the scenario's burst in the twin, until a virtual time in milliseconds at most.
    ///
    /// # Errors
    /// When a value is out of its range, when too many runs are waiting, or when the twin's
    /// thread could not start or was stopped.
    pub async fn simulate(&self, scenario: Scenario, until_ms: u32) -> Result<TwinAnswer, Refusal> {
        scenario.validate()?;
        let order = |id| Wanted::Run(TwinOrder { id, scenario: Box::new(scenario), until_ms });
        match self.ask_twin(order).await? {
            Answered::Run(answer) => Ok(answer),
            Answered::Jitter(_) => Err(unavailable(Obstacle::Misfit)),
        }
    }

    /// Runs the experiment on jitter in the twin's thread with `clients` clients, `runs` times for
    /// each strategy: a row per strategy. The numbers must be within those of
    /// [`crate::wire::twin`].
    ///
    /// # Errors
    /// When too many runs are waiting, or when the twin's thread could not start or was stopped.
    pub async fn jitter(
        &self,
        clients: u16,
        runs: u16,
        seed: u64,
    ) -> Result<Vec<JitterRow>, Refusal> {
        let order = |id| Wanted::Jitter(JitterOrder { id, clients, runs, seed });
        match self.ask_twin(order).await? {
            Answered::Jitter(answer) => Ok(answer.rows),
            Answered::Run(_) => Err(unavailable(Obstacle::Misfit)),
        }
    }

    /// Has the twin's thread do something, starting it if there is none; `wanted` gets the id.
    async fn ask_twin(&self, wanted: impl FnOnce(u32) -> Wanted) -> Result<Answered, Refusal> {
        let receiver = {
            let mut twin = self.0.twin.borrow_mut();
            if twin.worker.is_none() {
                twin.worker = self.spawn(worker::TWIN, role::TWIN, Self::on_twin_frame);
                twin.outbox = Some(Vec::new());
            }
            if twin.worker.is_none() {
                return Err(unavailable(Obstacle::TwinNotStarted));
            }
            if twin.pending.len() == PENDING {
                return Err(unavailable(Obstacle::ManyRequests));
            }
            twin.next += 1;
            let (sender, receiver) = oneshot::channel();
            let id = twin.next;
            twin.pending.insert(id, sender);
            twin.send(encode_wanted(&wanted(id)));
            receiver
        };
        receiver.await.map_err(|_| unavailable(Obstacle::TwinStopped))
    }

    /// Terminates the twin's thread, and with it the runs that are under way.
    pub fn stop_simulating(&self) {
        self.0.twin.replace(Twin::default());
    }

    fn on_twin_frame(&self, frame: &Buffer) {
        let mut twin = self.0.twin.borrow_mut();
        if let Some(outbox) = twin.outbox.take() {
            // Its hello.
            for bytes in outbox {
                twin.send(bytes);
            }
            return;
        }
        match decode_answered(frame.bytes()) {
            Ok(answer) => {
                let pending = twin.pending.remove(&answer.id());
                // Whoever asked may have stopped waiting.
                let _ = pending.map(|sender| sender.send(answer));
            }
            Err(bad) => self.tell(super::LabEvent::WorkerFailed(bad.to_string())),
        }
    }
}

impl Twin {
    fn send(&mut self, bytes: Vec<u8>) {
        if let Some(outbox) = &mut self.outbox {
            outbox.push(bytes);
        } else if let Some(worker) = &self.worker {
            worker.send(&bytes, &[]);
        }
    }
}
