{{/*
The one pod shape: api, worker, gateway and jobs differ in their containers, volumes and secrets only.
`root`, `component`, `values` (the block of the component), `containers`, `secrets` (a list of `secret`, `key`, `path`; mounted as files,
never in the environment, where every child process and every crash report would see them) and `volumes`.
What a pod is told stands in its own template, so a changed value rolls the pods; changed secrets need `kubectl rollout restart`.
*/}}
{{- define "xiaoneng.pod" -}}
metadata:
  labels:
    {{- include "xiaoneng.labels" (dict "root" .root "component" .component) | nindent 4 }}
  {{- with .values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: 40
  {{- with .root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: {type: RuntimeDefault}
  {{- with .restartPolicy }}
  restartPolicy: {{ . }}
  {{- else }}
  topologySpreadConstraints:
    {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "xiaoneng.selectorLabels" (dict "root" $.root "component" $.component) | nindent 10 }}
    {{- end }}
  {{- end }}
  {{- with .values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    {{- .containers | nindent 4 }}
  volumes:
    - name: tmp
      emptyDir: {}
    {{- with .secrets }}
    - name: secrets
      projected:
        defaultMode: 0440
        sources:
          {{- range . }}
          {{- include "xiaoneng.secretFile" . | nindent 10 }}
          {{- end }}
    {{- end }}
    {{- with .volumes }}
    {{- . | nindent 4 }}
    {{- end }}
{{- end }}

{{/*
One container. `root`, `name`, `args`, `values`, `env` (a dict), `ports` (a dict of name and number), `probes` (port of the HTTP probes,
0 for none), `grpcReady` (readiness by gRPC's own health check), `mounts` (YAML), `secrets` (the name of their volume).
*/}}
{{- define "xiaoneng.container" -}}
- name: {{ .name }}
  image: {{ include "xiaoneng.image" .root | quote }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  args: {{ toJson .args }}
  env:
    {{- range $name, $value := mustMergeOverwrite (dict "XIAONENG_SECRETS_DIR" "/run/secrets/xiaoneng") .env (.values.env | default dict) }}
    - name: {{ $name }}
      value: {{ $value | toString | quote }}
    {{- end }}
  {{- with .ports }}
  ports:
    {{- range $name, $number := . }}
    - {name: {{ $name }}, containerPort: {{ $number }}}
    {{- end }}
  {{- end }}
  {{- if .probes }}
  # Begun: settings read, database role checked, tables of this release. Five minutes, for a database that is still starting.
  startupProbe:
    httpGet: {path: /startupz, port: {{ .probes }}}
    periodSeconds: 3
    failureThreshold: 100
    timeoutSeconds: 5
  # Worth sending work to.
  readinessProbe:
    {{- if .grpcReady }}
    grpc: {port: 50051}
    {{- else }}
    httpGet: {path: /healthz, port: {{ .probes }}}
    {{- end }}
    periodSeconds: 5
    failureThreshold: 2
    timeoutSeconds: 3
  # The process itself answers; asks no other system, so that a database that is away restarts nobody.
  livenessProbe:
    httpGet: {path: /livez, port: {{ .probes }}}
    periodSeconds: 10
    failureThreshold: 6
    timeoutSeconds: 5
  lifecycle:
    # Until the last client has heard that this pod takes no more; then SIGTERM, and 25 s for what runs.
    preStop:
      exec: {command: [sleep, "5"]}
  {{- end }}
  securityContext:
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    privileged: false
    capabilities: {drop: [ALL]}
  resources:
    {{- toYaml .values.resources | nindent 4 }}
  volumeMounts:
    - {name: tmp, mountPath: /tmp}
    {{- if .secrets }}
    - {name: {{ .secrets }}, mountPath: /run/secrets/xiaoneng, readOnly: true}
    {{- end }}
    {{- with .mounts }}
    {{- . | nindent 4 }}
    {{- end }}
{{- end }}

{{/* What every process that serves is told. */}}
{{- define "xiaoneng.env" -}}
XIAONENG_INSTALLATION: {{ .Values.installation | quote }}
XIAONENG_LOG_LEVEL: {{ .Values.logLevel }}
{{- with .Values.otlpEndpoint }}
XIAONENG_OTLP_ENDPOINT: {{ . | quote }}
{{- end }}
{{- end }}

{{/* Files that api and worker of a service share. `root`, `service`. */}}
{{- define "xiaoneng.serviceVolumes" -}}
{{- with include "xiaoneng.calendarsConfigMap" .root }}
- name: calendars
  configMap: {name: {{ . }}}
{{ end }}
{{- if eq .service "documents" }}
{{- if not .root.Values.attachments.objectStore.enabled }}
- name: attachments
  persistentVolumeClaim: {claimName: {{ include "xiaoneng.attachmentsClaim" .root }}}
{{ else if .root.Values.attachments.objectStore.caConfigMap }}
- name: object-store-ca
  configMap: {name: {{ .root.Values.attachments.objectStore.caConfigMap }}}
{{ end }}
{{- end }}
{{- end }}
{{- define "xiaoneng.serviceMounts" -}}
{{- if include "xiaoneng.calendarsConfigMap" .root }}
- {name: calendars, mountPath: /etc/xiaoneng/calendars, readOnly: true}
{{ end }}
{{- if eq .service "documents" }}
{{- if not .root.Values.attachments.objectStore.enabled }}
- {name: attachments, mountPath: /var/lib/xiaoneng/attachments}
{{ else if .root.Values.attachments.objectStore.caConfigMap }}
- {name: object-store-ca, mountPath: /etc/xiaoneng/object-store, readOnly: true}
{{ end }}
{{- end }}
{{- end }}
{{- define "xiaoneng.serviceEnv" -}}
{{ include "xiaoneng.env" .root }}
{{- if include "xiaoneng.calendarsConfigMap" .root }}
XIAONENG_CALENDAR_DIR: /etc/xiaoneng/calendars
{{ end }}
{{- if eq .service "documents" }}
{{- with .root.Values.attachments.objectStore }}
{{- if .enabled }}
XIAONENG_BLOB_BUCKET: {{ .bucket }}
XIAONENG_BLOB_REGION: {{ .region }}
{{- with .endpoint }}
XIAONENG_BLOB_ENDPOINT: {{ . }}
{{- end }}
{{- if .caConfigMap }}
XIAONENG_BLOB_CA: /etc/xiaoneng/object-store/ca.crt
{{- end }}
{{ else }}
XIAONENG_BLOB_DIR: /var/lib/xiaoneng/attachments
{{ end }}
{{- end }}
{{- end }}
{{- if eq .service "notifications" }}
XIAONENG_NOTIFICATIONS_BASE_URL: {{ .root.Values.publicUrl }}
{{ end }}
{{- end }}

{{/* Secrets that api and worker of a service share, as JSON: a list of `secret`, `key`, `path`. `root`, `service`. */}}
{{- define "xiaoneng.serviceSecrets" -}}
{{- $secrets := list
  (dict "secret" (include "xiaoneng.databaseSecret" .) "key" "url" "path" "xiaoneng_database_url")
  (dict "secret" (include "xiaoneng.installationSecret" .root) "key" "auditKey" "path" "xiaoneng_audit_key") }}
{{- if and (eq .service "documents") .root.Values.attachments.objectStore.enabled }}
{{- $own := include "xiaoneng.attachmentsSecret" .root }}
{{- $secrets = concat $secrets (list (dict "secret" $own "key" "accessKey" "path" "xiaoneng_blob_access_key") (dict "secret" $own "key" "secretKey" "path" "xiaoneng_blob_secret_key")) }}
{{- end }}
{{- toJson $secrets }}
{{- end }}

{{/* The authority of the issuer's certificate, for all who ask the issuer. */}}
{{- define "xiaoneng.issuerVolume" -}}
{{- with .Values.oidc.caConfigMap }}
- name: issuer-ca
  configMap: {name: {{ . }}}
{{ end }}
{{- end }}
{{- define "xiaoneng.issuerMount" -}}
{{- if .Values.oidc.caConfigMap }}
- {name: issuer-ca, mountPath: /etc/xiaoneng/issuer, readOnly: true}
{{ end }}
{{- end }}
{{- define "xiaoneng.issuerEnv" -}}
XIAONENG_ISSUER_URL: {{ .Values.oidc.issuerUrl }}
XIAONENG_AUDIENCE: {{ .Values.oidc.audience }}
{{- if .Values.oidc.caConfigMap }}
SSL_CERT_FILE: /etc/xiaoneng/issuer/ca.crt
{{- end }}
{{- end }}
