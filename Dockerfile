# The static binary alone: no shell, no package manager, nothing to patch.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo rustc --locked --release --package rev-cli --bin rev -- -C target-feature=+crt-static \
    && mkdir -p /image/etc/ssl/certs \
    && cp target/release/rev /image/rev \
    && cp /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ \
    && echo 'rev:x:65532:65532::/:/rev' > /image/etc/passwd

FROM scratch
COPY --from=build /image /
# This `rev` comes first; a base image that has util-linux has another one.
ENV PATH=/
WORKDIR /project
USER 65532:65532
ENTRYPOINT ["/rev"]
CMD ["upgrade", "head", "--wait", "60s"]
