# `make run` and `make test` need Python 3.11 or newer and nothing else; everything is installed into this directory.

run: install ## 安装、迁移、装入 2022 年演示数据并启动，默认端口 PORT=8000
	@exec .venv/bin/python manage.py serve

test: install-dev ## 在内置默认和 PostgreSQL、Redis 上运行全部测试
	@exec .venv/bin/python -m tests

PYTHON3 ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(shell command -v $(name))))

install:
	@$(PYTHON3) install.py

install-dev:
	@$(PYTHON3) install.py --dev

CHECKS = lint-ruff lint-format lint-floors lint-types lint-migrations lint-deploy

lint: $(CHECKS) ## 代码检查：规范、格式、楼层、类型、迁移、部署

$(CHECKS): install-dev

lint-ruff:
	.venv/bin/ruff check --quiet .

lint-format:
	.venv/bin/ruff format --check --quiet .

lint-floors:
	.venv/bin/lint-imports --no-logo

lint-types:
	.venv/bin/mypy

lint-migrations:
	.venv/bin/python manage.py makemigrations --check --dry-run

lint-deploy: # as in production, with addresses that are not asked
	DEMO=0 DEBUG=0 SECRET_KEY=$$(head -c 48 /dev/urandom | base64 -w0) ALLOWED_HOSTS=wangcheng.invalid \
	DATABASE_URL=postgresql:///wangcheng REDIS_URL=redis://redis:6379/0 \
	.venv/bin/python manage.py check --deploy --fail-level WARNING

format: install-dev ## 整理代码格式
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

ci: ## 与持续集成相同的全部检查
	.ci/run

COMPILE = .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" --python-version 3.11

lock: install-dev ## 更新锁定的依赖版本
	$(COMPILE) requirements.in -o requirements.lock
	$(COMPILE) requirements-dev.in -o requirements-dev.lock
	$(COMPILE) requirements-node.in -o requirements-node.lock
	$(COMPILE) requirements-uv.in -o requirements-uv.lock
	npm install --package-lock-only --ignore-scripts

pictures: install-dev ## 重新截取 README 和手册的图片
	.venv/bin/python docs/pictures.py

help:
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

.PHONY: run test install install-dev lint $(CHECKS) format ci lock pictures help
