# The application: web replicas and the worker run the same image.
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.lock pyproject.toml README.md ./
RUN python -m venv /opt/directory && /opt/directory/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY directory directory
COPY seed seed
RUN /opt/directory/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --create-home directory
COPY --from=build /opt/directory /opt/directory
USER directory
WORKDIR /home/directory
ENV PATH=/opt/directory/bin:$PATH DIRECTORY_LOG_FORMAT=json
EXPOSE 8000
CMD ["directory", "serve", "--host", "0.0.0.0"]
