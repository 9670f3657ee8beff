{{/* The labels by which Service, policies and budget find the pods. */}}
{{- define "labels" -}}
app.kubernetes.io/name: {{ .Release.Name }}
{{- end }}
{{- define "engineLabels" -}}
app.kubernetes.io/name: {{ .Release.Name }}-valkey
{{- end }}
{{- define "databaseLabels" -}}
app.kubernetes.io/name: {{ .Release.Name }}-postgres
{{- end }}
{{- define "image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
