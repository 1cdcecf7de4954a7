# syntax=docker/dockerfile:1
# riskbot in a container: slim, not root, its database on a volume. Build: docker build -t riskbot .

FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY riskbot ./riskbot
COPY rules ./rules
COPY seeds ./seeds
RUN python -m venv /opt/riskbot \
    && /opt/riskbot/bin/pip install --no-cache-dir --constraint constraints.txt pip hatchling \
    && /opt/riskbot/bin/pip install --no-cache-dir --constraint constraints.txt --no-build-isolation '.[postgres]' \
    && /opt/riskbot/bin/pip uninstall --yes hatchling pip

FROM python:3.13-slim
LABEL org.opencontainers.image.title="riskbot" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/riskbot /opt/riskbot
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin riskbot \
    && install --directory --owner riskbot --group riskbot /data
ENV PATH=/opt/riskbot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    RISKBOT_DATABASE_URL=sqlite:////data/riskbot.db
USER 10001
WORKDIR /data
VOLUME /data
# Asks only whether the ticks still run: whether a feed or Slack is well is for people, not for restarts.
HEALTHCHECK --interval=60s --timeout=20s --start-period=60s --retries=3 CMD ["riskbot", "status", "--live"]
ENTRYPOINT ["riskbot"]
CMD ["run"]
