-- The schema you want. Edit it, then let rev write the revision that leads there:
--
--     rev autogenerate -m "create users"
--     rev upgrade head

CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
);
