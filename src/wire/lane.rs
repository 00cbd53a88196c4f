//! Frames between the broker and a consumer: a fixed head, and arrays of flat records that are
//! read where they lie.
//!
//! ```text
//! preamble 8 │ head 48 │ items: n × 48 │ calls: k × 32 │ claims: c × 16 │
//! leases: m × 4 │ text: postcard, of rare frames only
//! ```

use super::{Bad, check_preamble, preamble};
use crate::core::{
    broker::{Beat, Header, Output, Report, Standing},
    delivery::{Call, Claim, ClaimAnswer, Delivery, Record, outcome_of_code},
    ids::WorkerId,
    time::{Span, Timestamp},
};
use crate::shop::{
    consumer::{Input, Outgoing},
    work::WorkModel,
};
use bytemuck::{Pod, Zeroable};
use serde::{Deserialize, Serialize};

/// Bytes at an address that the records can be read at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buffer {
    words: Vec<u64>,
    length: usize,
}

impl Buffer {
    /// `length` bytes of zero, to be filled in.
    pub fn zeroed(length: usize) -> Self {
        Self { words: vec![0; length.div_ceil(8)], length }
    }

    /// Makes room for `length` bytes, to be filled in: what they are before that, nobody knows.
    pub fn set_length(&mut self, length: usize) {
        self.words.resize(length.div_ceil(8), 0);
        if let Some(last) = self.words.last_mut() {
            *last = 0;
        }
        self.length = length;
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &bytemuck::cast_slice(&self.words)[..self.length]
    }

    /// The bytes, to be filled in.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut bytemuck::cast_slice_mut(&mut self.words)[..self.length]
    }
}

impl From<&[u8]> for Buffer {
    fn from(bytes: &[u8]) -> Self {
        let mut buffer = Self::zeroed(bytes.len());
        buffer.bytes_mut().copy_from_slice(bytes);
        buffer
    }
}

#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
struct Head {
    /// The sender's time, in microseconds.
    time: u64,
    deadline: u64,
    incarnation: u32,
    sequence: u32,
    lease: u32,
    items: u32,
    leases: u32,
    calls: u32,
    busy_permille: u16,
    flags: u16,
    claims: u32,
}

const WELCOME: u16 = 16;
const STANDING: u16 = 17;
const DELIVER: u16 = 18;
const RENEW: u16 = 19;
const REVOKE: u16 = 20;
const STOCK: u16 = 21;
const REPORT: u16 = 32;
const BEGIN_ANEW: u16 = 33;

const BEAT: u16 = 1;
const GOODBYE: u16 = 2;

/// What a welcome, or a change of the standing orders, says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Terms {
    paused: bool,
    retiring: bool,
    slow_factor: f64,
    lease: Span,
    model: WorkModel,
}

/// A frame to a consumer; none for what is not sent to it.
pub fn encode_output(output: &Output, now: Timestamp, model: &WorkModel) -> Option<Vec<u8>> {
    let (kind, header) = match output {
        Output::Welcome { header, .. } => (WELCOME, header),
        Output::Standing { header, .. } => (STANDING, header),
        Output::Deliver { header, .. } => (DELIVER, header),
        Output::Renew { header, .. } => (RENEW, header),
        Output::Revoke { header, .. } => (REVOKE, header),
        Output::Stock { header, .. } => (STOCK, header),
        Output::Gone { .. } => return None,
    };
    let mut head = head(header, now);
    Some(match output {
        Output::Stock { answers, .. } => frame(kind, head, answers, &[], &[], &[], &[]),
        Output::Deliver { lease, deadline, items, .. } => {
            head.lease = *lease;
            head.deadline = deadline.as_micros();
            frame(kind, head, items, &[], &[], &[], &[])
        }
        Output::Renew { deadline, leases, .. } => {
            head.deadline = deadline.as_micros();
            frame::<Delivery>(kind, head, &[], &[], &[], leases, &[])
        }
        Output::Welcome { orders, .. } | Output::Standing { orders, .. } => {
            let terms = Terms {
                paused: orders.paused,
                retiring: orders.retiring,
                slow_factor: orders.slow_factor,
                lease: orders.lease,
                model: *model,
            };
            let text = postcard::to_allocvec(&terms).expect("plain values always encode");
            frame::<Delivery>(kind, head, &[], &[], &[], &[], &text)
        }
        Output::Revoke { .. } | Output::Gone { .. } => {
            frame::<Delivery>(kind, head, &[], &[], &[], &[], &[])
        }
    })
}

/// What a frame to a consumer says: when it was sent, its number, and the content.
///
/// # Errors
/// When the bytes are not such a frame, whole and of this version.
pub fn decode_input(buffer: &Buffer) -> Result<(Timestamp, Header, Input<'_>), Bad> {
    let (kind, head, rest) = split(buffer)?;
    let time = Timestamp::from_micros(head.time);
    let deadline = Timestamp::from_micros(head.deadline);
    let input = match kind {
        DELIVER => {
            let (items, [], [], []) = arrays::<Delivery>(&head, rest)? else {
                return Err(Bad::Length);
            };
            Input::Deliver { lease: head.lease, deadline, items }
        }
        RENEW => {
            let ([], [], [], leases) = arrays::<Delivery>(&head, rest)? else {
                return Err(Bad::Length);
            };
            Input::Renew { deadline, leases }
        }
        STOCK => {
            let (answers, [], [], []) = arrays::<ClaimAnswer>(&head, rest)? else {
                return Err(Bad::Length);
            };
            Input::Stock { answers }
        }
        REVOKE => {
            let [] = text(&head, rest)? else { return Err(Bad::Length) };
            Input::Revoke
        }
        WELCOME | STANDING => {
            let terms: Terms = match postcard::take_from_bytes(text(&head, rest)?) {
                Ok((terms, [])) => terms,
                Ok(_) => return Err(Bad::Length),
                Err(_) => return Err(Bad::Content),
            };
            let standing = Standing {
                paused: terms.paused,
                retiring: terms.retiring,
                slow_factor: terms.slow_factor,
                lease: terms.lease,
            };
            let finite = terms.slow_factor.is_finite() && terms.slow_factor >= 0.0;
            match kind {
                _ if !finite => return Err(Bad::Content),
                WELCOME => Input::Welcome(standing, terms.model),
                _ => Input::Standing(standing, terms.model),
            }
        }
        _ => return Err(Bad::Kind),
    };
    Ok((time, header(&head), input))
}

/// A frame to the broker.
pub fn encode_report(outgoing: &Outgoing, now: Timestamp) -> Vec<u8> {
    let mut head = head(&outgoing.header, now);
    let mut leases: &[u32] = &[];
    if let Some((held, busy_permille)) = &outgoing.beat {
        leases = held;
        head.busy_permille = *busy_permille;
        head.flags |= BEAT;
    }
    head.flags |= if outgoing.goodbye { GOODBYE } else { 0 };
    frame(REPORT, head, &outgoing.records, &outgoing.calls, &outgoing.claims, leases, &[])
}

/// A frame that asks the broker for a new connection.
pub fn encode_begin_anew(now: Timestamp) -> Vec<u8> {
    frame::<Record>(BEGIN_ANEW, head(&Header::default(), now), &[], &[], &[], &[], &[])
}

/// What a consumer says.
#[derive(Clone, Copy, Debug)]
pub enum FromConsumer<'a> {
    Report(Report<'a>),
    /// It holds nothing and wants a new connection.
    BeginAnew,
}

/// What a frame of a consumer says.
///
/// # Errors
/// When the bytes are not such a frame, whole and of this version.
pub fn decode_report(worker: WorkerId, buffer: &Buffer) -> Result<FromConsumer<'_>, Bad> {
    let (kind, head, rest) = split(buffer)?;
    match kind {
        BEGIN_ANEW => match text(&head, rest)? {
            [] => Ok(FromConsumer::BeginAnew),
            _ => Err(Bad::Length),
        },
        REPORT => {
            let (records, calls, claims, leases) = arrays::<Record>(&head, rest)?;
            if head.flags & BEAT == 0 && !leases.is_empty() {
                return Err(Bad::Content);
            }
            let finished = |record: &&Record| record.says(Record::FINISHED);
            let knows = |record: &Record| outcome_of_code(record.outcome).is_some();
            if !records.iter().filter(finished).all(knows) || !calls.iter().all(Call::is_valid) {
                return Err(Bad::Content);
            }
            let beat = (head.flags & BEAT != 0)
                .then_some(Beat { leases, busy_permille: head.busy_permille.min(1000) });
            Ok(FromConsumer::Report(Report {
                worker,
                header: header(&head),
                time: Timestamp::from_micros(head.time),
                records,
                calls,
                claims,
                beat,
                goodbye: head.flags & GOODBYE != 0,
            }))
        }
        _ => Err(Bad::Kind),
    }
}

fn head(header: &Header, now: Timestamp) -> Head {
    Head {
        time: now.as_micros(),
        incarnation: header.incarnation,
        sequence: header.sequence,
        ..Head::default()
    }
}

const fn header(head: &Head) -> Header {
    Header { incarnation: head.incarnation, sequence: head.sequence }
}

fn frame<T: Pod>(
    kind: u16,
    head: Head,
    items: &[T],
    calls: &[Call],
    claims: &[Claim],
    leases: &[u32],
    text: &[u8],
) -> Vec<u8> {
    let head = Head {
        items: items.len() as u32,
        calls: calls.len() as u32,
        claims: claims.len() as u32,
        leases: leases.len() as u32,
        ..head
    };
    let items: &[u8] = bytemuck::cast_slice(items);
    let calls: &[u8] = bytemuck::cast_slice(calls);
    let claims: &[u8] = bytemuck::cast_slice(claims);
    let fixed = 8 + size_of::<Head>();
    let length = fixed + items.len() + calls.len() + claims.len() + leases.len() * 4 + text.len();
    let mut bytes = Vec::with_capacity(length);
    bytes.extend_from_slice(&preamble(kind));
    bytes.extend_from_slice(bytemuck::bytes_of(&head));
    bytes.extend_from_slice(items);
    bytes.extend_from_slice(calls);
    bytes.extend_from_slice(claims);
    bytes.extend_from_slice(bytemuck::cast_slice(leases));
    bytes.extend_from_slice(text);
    bytes
}

fn split(buffer: &Buffer) -> Result<(u16, Head, &[u8]), Bad> {
    let (kind, rest) = check_preamble(buffer.bytes())?;
    let (head, rest) = rest.split_at_checked(size_of::<Head>()).ok_or(Bad::Length)?;
    Ok((kind, bytemuck::pod_read_unaligned(head), rest))
}

/// The items, calls, claims and leases of a frame.
type Arrays<'a, T> = (&'a [T], &'a [Call], &'a [Claim], &'a [u32]);

fn arrays<'a, T: Pod>(head: &Head, rest: &'a [u8]) -> Result<Arrays<'a, T>, Bad> {
    let length = |count: u32, of: usize| (count as usize).checked_mul(of).ok_or(Bad::Length);
    let items = length(head.items, size_of::<T>())?;
    let (items, rest) = rest.split_at_checked(items).ok_or(Bad::Length)?;
    let calls = length(head.calls, size_of::<Call>())?;
    let (calls, rest) = rest.split_at_checked(calls).ok_or(Bad::Length)?;
    let claims = length(head.claims, size_of::<Claim>())?;
    let (claims, leases) = rest.split_at_checked(claims).ok_or(Bad::Length)?;
    if leases.len() as u64 != u64::from(head.leases) * 4 {
        return Err(Bad::Length);
    }
    let items = bytemuck::try_cast_slice(items).map_err(|_| Bad::Length)?;
    let calls = bytemuck::try_cast_slice(calls).map_err(|_| Bad::Length)?;
    let claims = bytemuck::try_cast_slice(claims).map_err(|_| Bad::Length)?;
    let leases = bytemuck::try_cast_slice(leases).map_err(|_| Bad::Length)?;
    Ok((items, calls, claims, leases))
}

/// What follows the head of a frame that has neither items nor leases.
fn text<'a>(head: &Head, rest: &'a [u8]) -> Result<&'a [u8], Bad> {
    if (head.items, head.calls, head.claims, head.leases) == (0, 0, 0, 0) {
        Ok(rest)
    } else {
        Err(Bad::Length)
    }
}
