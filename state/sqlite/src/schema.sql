-- Times are milliseconds since 1970. Versions count from 1 within a state.

CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Ids are never used twice, so that what belonged to a deleted state can never be taken for
-- another's.
CREATE TABLE states (
    id        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    stack     TEXT NOT NULL,
    workspace TEXT NOT NULL,
    -- Of a state that has no version yet.
    lineage   TEXT NOT NULL,
    -- Of the newest lock.
    fence     INTEGER NOT NULL DEFAULT 0,
    UNIQUE (stack, workspace)
) STRICT;

CREATE TABLE runs (
    id                INTEGER NOT NULL PRIMARY KEY,
    state             INTEGER NOT NULL,
    name              TEXT NOT NULL UNIQUE,
    command           TEXT NOT NULL,
    actor             TEXT NOT NULL,
    commit_id         TEXT,
    terraform_version TEXT NOT NULL,
    started           INTEGER NOT NULL,
    -- Null while it is in progress, or if it died.
    ended             INTEGER,
    -- The process, and until when it is believed to be there if that cannot be looked up.
    scope             TEXT NOT NULL,
    pid               INTEGER NOT NULL,
    process_start     INTEGER NOT NULL,
    lease             INTEGER NOT NULL
) STRICT;

CREATE INDEX runs_unended ON runs (state) WHERE ended IS NULL;

CREATE TABLE versions (
    state   INTEGER NOT NULL,
    version INTEGER NOT NULL,
    run     INTEGER NOT NULL,
    lineage TEXT NOT NULL,
    serial  INTEGER NOT NULL,
    -- Null while the run is in progress, or if it died and no other came.
    closed  INTEGER,
    added   INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    removed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (state, version)
) STRICT, WITHOUT ROWID;

-- What can be said something of. kind 0: an object of a resource instance. kind 1: an output, of
-- a module or (module '') the root. kind 2: the results of all conditions.
CREATE TABLE subjects (
    id      INTEGER NOT NULL PRIMARY KEY,
    state   INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    module  TEXT NOT NULL,
    mode    INTEGER NOT NULL,
    type    TEXT NOT NULL,
    name    TEXT NOT NULL,
    -- '' for none, '#3' for a number, '=a' for a text.
    key     TEXT NOT NULL,
    -- '' for the current object.
    deposed TEXT NOT NULL,
    UNIQUE (state, kind, module, type, name, key, deposed, mode)
) STRICT;

CREATE TABLE texts (
    id   INTEGER NOT NULL PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

-- Resources that something depends on. Never changed.
CREATE TABLE links (
    -- A hash of the rest.
    id           TEXT NOT NULL PRIMARY KEY,
    resource     TEXT NOT NULL,
    -- A line each: a resource that depends on nothing, or '#' and the id of a row.
    dependencies TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What is so of a subject in all versions v with from_version <= v < to_version.
CREATE TABLE facts (
    id           INTEGER NOT NULL PRIMARY KEY,
    state        INTEGER NOT NULL,
    subject      INTEGER NOT NULL,
    from_version INTEGER NOT NULL,
    to_version   INTEGER,
    -- Of an object, in texts. Dependencies as in links.
    provider     INTEGER,
    dependencies INTEGER,
    body         BLOB NOT NULL,
    UNIQUE (subject, from_version)
) STRICT;

CREATE INDEX facts_live ON facts (state) WHERE to_version IS NULL;
CREATE INDEX facts_past ON facts (state, to_version) WHERE to_version IS NOT NULL;

CREATE TABLE intents (
    id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    state    INTEGER NOT NULL,
    run      INTEGER NOT NULL,
    subject  INTEGER NOT NULL,
    provider INTEGER NOT NULL,
    action   TEXT NOT NULL,
    planned  BLOB,
    token    TEXT NOT NULL,
    begun    INTEGER NOT NULL
) STRICT;

CREATE INDEX intents_state ON intents (state);

CREATE TABLE locks (
    state         INTEGER NOT NULL PRIMARY KEY,
    fence         INTEGER NOT NULL,
    id            TEXT NOT NULL,
    operation     TEXT NOT NULL,
    info          TEXT NOT NULL,
    who           TEXT NOT NULL,
    version       TEXT NOT NULL,
    created       INTEGER NOT NULL,
    path          TEXT NOT NULL,
    pid           INTEGER NOT NULL,
    host          TEXT NOT NULL,
    scope         TEXT NOT NULL,
    process_start INTEGER NOT NULL,
    lease         INTEGER NOT NULL
) STRICT;
