//! The page: reads snapshots, sends intents.
