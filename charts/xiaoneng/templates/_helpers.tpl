{{- define "xiaoneng.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "xiaoneng.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{ .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else -}}
{{- $name := include "xiaoneng.name" . -}}
{{ (contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name)) | trunc 40 | trimSuffix "-" }}
{{- end -}}
{{- end }}

{{/* Selectors never change: a Deployment refuses another one. `root` and `component`. */}}
{{- define "xiaoneng.selectorLabels" -}}
app.kubernetes.io/name: {{ include "xiaoneng.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "xiaoneng.labels" -}}
{{ include "xiaoneng.selectorLabels" . }}
app.kubernetes.io/part-of: xiaoneng
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "xiaoneng.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end -}}
{{- end }}

{{/* The block of a component: that of its kind with what differs for the service. `root`, `service`, `kind`. */}}
{{- define "xiaoneng.component" -}}
{{- $own := index .root.Values.services .service .kind | default dict -}}
{{ toYaml (mustMergeOverwrite (deepCopy (index .root.Values .kind)) (deepCopy $own)) }}
{{- end }}

{{- define "xiaoneng.services" -}}
{{- $found := list -}}
{{- range $name, $service := .Values.services -}}
{{- if $service.enabled }}{{ $found = append $found $name }}{{ end -}}
{{- end -}}
{{ join " " $found }}
{{- end }}

{{/* Names of secrets. */}}
{{- define "xiaoneng.installationSecret" -}}
{{ .Values.secrets.existingSecret | default (printf "%s-installation" (include "xiaoneng.fullname" .)) }}
{{- end }}
{{- define "xiaoneng.rabbitmqSecret" -}}
{{ .Values.rabbitmq.existingSecret | default (printf "%s-rabbitmq" (include "xiaoneng.fullname" .)) }}
{{- end }}
{{- define "xiaoneng.databaseSecret" -}}
{{- $database := eq .service "gateway" | ternary .root.Values.gateway.database (dig .service "database" dict .root.Values.services) -}}
{{ $database.existingSecret | default (printf "%s-%s" (include "xiaoneng.fullname" .root) .service) }}
{{- end }}
{{- define "xiaoneng.migrationSecret" -}}
{{- $database := eq .service "gateway" | ternary .root.Values.gateway.database (dig .service "database" dict .root.Values.services) -}}
{{ $database.existingMigrationSecret | default (printf "%s-%s-owner" (include "xiaoneng.fullname" .root) .service) }}
{{- end }}
{{- define "xiaoneng.certificate" -}}
{{ printf "%s-%s-tls" (include "xiaoneng.fullname" .root) .component }}
{{- end }}

{{/* One file of a projected secret. `secret`, `key`, `path`. */}}
{{- define "xiaoneng.secretFile" -}}
- secret:
    name: {{ .secret }}
    items:
      - {key: {{ .key }}, path: {{ .path }}}
{{- end }}

{{- define "xiaoneng.calendarsConfigMap" -}}
{{- .Values.calendars.existingConfigMap | default (empty .Values.calendars.files | ternary "" (printf "%s-calendars" (include "xiaoneng.fullname" .))) -}}
{{- end }}
{{- define "xiaoneng.packsConfigMap" -}}
{{- .Values.packs.existingConfigMap | default (empty .Values.packs.files | ternary "" (printf "%s-packs" (include "xiaoneng.fullname" .))) -}}
{{- end }}
{{- define "xiaoneng.attachmentsClaim" -}}
{{ .Values.attachments.existingClaim | default (printf "%s-attachments" (include "xiaoneng.fullname" .)) }}
{{- end }}

{{- define "xiaoneng.attachmentsSecret" -}}
{{ .Values.attachments.objectStore.existingSecret | default (printf "%s-attachments" (include "xiaoneng.fullname" .)) }}
{{- end }}

{{- define "xiaoneng.gatewayUrl" -}}
http://{{ include "xiaoneng.fullname" . }}-gateway:8000
{{- end }}

{{/*
Connections that PostgreSQL must allow: the pools of all pods, as many as there may be, one more pod of each kind while a release rolls, and
ten for administrators, backup and the operator. A worker's pod has two containers with a pool each.
*/}}
{{- define "xiaoneng.connections" -}}
{{- $root := . -}}
{{- $gateway := .Values.gateway -}}
{{- $sum := add 10 (mul $gateway.poolSize (add1 ($gateway.autoscaling.enabled | ternary $gateway.autoscaling.maxReplicas $gateway.replicas))) -}}
{{- range $service := splitList " " (include "xiaoneng.services" .) -}}
{{- range $kind, $containers := dict "api" 1 "worker" 2 -}}
{{- $block := include "xiaoneng.component" (dict "root" $root "service" $service "kind" $kind) | fromYaml -}}
{{- $pods := $block.autoscaling.enabled | ternary $block.autoscaling.maxReplicas $block.replicas -}}
{{- $sum = add $sum (mul $containers $block.poolSize (add1 $pods)) -}}
{{- end -}}
{{- end -}}
{{ $sum }}
{{- end }}

{{/* What the templates cannot do without; the schema says the rest. */}}
{{- define "xiaoneng.required" -}}
{{- $_ := required "publicUrl: the address at which browsers reach the gateway" .Values.publicUrl -}}
{{- $_ := required "oidc.issuerUrl: the issuer at which people sign in" .Values.oidc.issuerUrl -}}
{{- if .Values.attachments.objectStore.enabled -}}
{{- $_ := required "attachments.objectStore.bucket: the bucket that is there for the attachments" .Values.attachments.objectStore.bucket -}}
{{- end -}}
{{- $connections := include "xiaoneng.connections" . | int -}}
{{- if and .Values.postgresql.operator.enabled (lt (int .Values.postgresql.operator.maxConnections) $connections) -}}
{{- fail (printf "postgresql.operator.maxConnections: the pools of all pods need %d (docs/operating.md, sizing)" $connections) -}}
{{- end -}}
{{- end }}
