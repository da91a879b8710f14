# One image for web, worker and clock; built as it stands for amd64 and arm64 (docker buildx build --platform …).
# No secret and no .env gets in: production is configured by the environment alone (see README).

FROM node:20-bookworm-slim AS scripts
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.11-slim-bookworm AS packages
WORKDIR /app
COPY requirements.lock requirements-uv.lock ./
RUN python -m venv /venv \
    && /venv/bin/python -m pip install --quiet --no-cache-dir --require-hashes -r requirements-uv.lock \
    && /venv/bin/uv pip install --python /venv/bin/python --no-cache --compile-bytecode --require-hashes -r requirements.lock \
    && /venv/bin/uv pip uninstall --python /venv/bin/python uv

FROM python:3.11-slim-bookworm
# pg_dump and psql are for the commands backup and restore
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --create-home wangcheng \
    && install -d -o wangcheng -g wangcheng /data /data/media
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LANG=C.UTF-8 \
    VAR_DIR=/data MEDIA_ROOT=/data/media DEMO=0 DEBUG=0
WORKDIR /app
COPY --from=packages /venv /venv
COPY --from=scripts /app/node_modules node_modules
COPY . .
# the secret and the database of this one step are of no use to anybody
RUN python -m compileall -q wangcheng grid hotline whistle budget \
    && SECRET_KEY=build DATABASE_URL=sqlite:////tmp/build.sqlite3 python manage.py collectstatic --noinput
USER wangcheng
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "wangcheng.wsgi:application"]
