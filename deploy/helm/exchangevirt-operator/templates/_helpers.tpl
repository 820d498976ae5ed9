{{/* Names. The selectors and Prometheus' job go by app.kubernetes.io/name, so that one is never overridden. */}}
{{- define "exchangevirt.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "exchangevirt.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end -}}

{{- define "exchangevirt.labels" -}}
{{ include "exchangevirt.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: exchangevirt
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "exchangevirt.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* The Secret that agents know the operator by. */}}
{{- define "exchangevirt.agentClientSecret" -}}
{{- if .Values.certificates.existingSecret -}}
{{ .Values.certificates.existingSecret }}
{{- else if .Values.certificates.certManager.enabled -}}
{{ include "exchangevirt.fullname" . }}-agent-client
{{- else -}}
{{- fail "Agents speak to nobody without a certificate: set certificates.existingSecret, or certificates.certManager.enabled." -}}
{{- end -}}
{{- end -}}

{{/* The Secret that the API server knows the webhook by. */}}
{{- define "exchangevirt.webhookSecret" -}}
{{- if .Values.webhook.existingSecret -}}
{{- if not .Values.webhook.caBundle -}}
{{- fail "With webhook.existingSecret, set webhook.caBundle: the API server would trust nobody otherwise." -}}
{{- end -}}
{{ .Values.webhook.existingSecret }}
{{- else if .Values.webhook.certManager.enabled -}}
{{ include "exchangevirt.fullname" . }}-webhook
{{- else -}}
{{- fail "The webhook needs a certificate: set webhook.existingSecret and webhook.caBundle, or webhook.certManager.enabled, or webhook.enabled=false." -}}
{{- end -}}
{{- end -}}

{{- define "exchangevirt.issuerRef" -}}
{{- with .Values.certificates.certManager.issuerRef -}}
{{- toYaml . -}}
{{- else -}}
group: cert-manager.io
kind: Issuer
name: {{ include "exchangevirt.fullname" . }}-ca
{{- end -}}
{{- end -}}

{{- define "exchangevirt.webhookIssuerRef" -}}
{{- with .Values.webhook.certManager.issuerRef -}}
{{- toYaml . -}}
{{- else -}}
{{- include "exchangevirt.issuerRef" . -}}
{{- end -}}
{{- end -}}
