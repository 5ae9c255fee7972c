"""Argo's own types that are carried as JSON, with their fields; written as kubernetes.py is.

Read by core/tables.py. `Argo` before a name tells it from Kubernetes' type of that name. Argo: 9.
"""

TABLE = """
ArchiveStrategy: none:NoneStrategy tar:TarStrategy zip:ZipStrategy
ArgoHTTPHeader: name value valueFrom:HTTPHeaderSource
Artifact: archive:ArchiveStrategy archiveLogs:bool artifactGC:ArtifactGC
  artifactory:ArtifactoryArtifact azure:AzureArtifact deleted:bool from fromExpression
  gcs:GCSArtifact git:GitArtifact globalName hdfs:HDFSArtifact http:HTTPArtifact mode:int32 name
  optional:bool oss:OSSArtifact path plugin:PluginArtifact raw:RawArtifact recurseMode:bool
  s3:S3Artifact subPath
ArtifactGC: podMetadata:Metadata serviceAccountName strategy
ArtifactLocation: archiveLogs:bool artifactory:ArtifactoryArtifact azure:AzureArtifact
  gcs:GCSArtifact git:GitArtifact hdfs:HDFSArtifact http:HTTPArtifact oss:OSSArtifact
  plugin:PluginArtifact raw:RawArtifact s3:S3Artifact
ArtifactRepositoryRef: configMap key
ArtifactoryArtifact: passwordSecret:SecretKeySelector url usernameSecret:SecretKeySelector
AzureArtifact: accountKeySecret:SecretKeySelector blob container endpoint useSDKCreds:bool
BasicAuth: passwordSecret:SecretKeySelector usernameSecret:SecretKeySelector
Cache: configMap:ConfigMapKeySelector
ClientCertAuth: clientCertSecret:SecretKeySelector clientKeySecret:SecretKeySelector
ContainerSetRetryStrategy: duration retries:intstr
Counter: value
CreateS3BucketOptions: objectLocking:bool
CronWorkflowSpec: concurrencyPolicy failedJobsHistoryLimit:int32 schedules:[]string
  startingDeadlineSeconds:int64 stopStrategy:StopStrategy successfulJobsHistoryLimit:int32
  suspend:bool timezone when workflowMetadata:ObjectMeta workflowSpec:any
DataSource: artifactPaths:Artifact
ExecutorConfig: serviceAccountName
GCSArtifact: bucket key serviceAccountKeySecret:SecretKeySelector
Gauge: operation realtime:bool value
GitArtifact: branch depth:int64 disableSubmodules:bool fetch:[]string insecureIgnoreHostKey:bool
  insecureSkipTLS:bool passwordSecret:SecretKeySelector repo revision singleBranch:bool
  sshPrivateKeySecret:SecretKeySelector usernameSecret:SecretKeySelector
HDFSArtifact: addresses:[]string dataTransferProtection force:bool hdfsUser
  krbCCacheSecret:SecretKeySelector krbConfigConfigMap:ConfigMapKeySelector
  krbKeytabSecret:SecretKeySelector krbRealm krbServicePrincipalName krbUsername path
HTTPArtifact: auth:HTTPAuth headers:[]Header saveStreamViaFile:bool url
HTTPAuth: basicAuth:BasicAuth clientCert:ClientCertAuth oauth2:OAuth2Auth
HTTPBodySource: bytes
HTTPHeaderSource: secretKeyRef:SecretKeySelector
Header: name value
Histogram: buckets:[]any value
LabelValueFrom: expression
ManifestFrom: artifact:Artifact
Metadata: annotations:{}string labels:{}string
MetricLabel: key value
Mutex: database:bool name namespace
NoneStrategy:
OAuth2Auth: clientIDSecret:SecretKeySelector clientSecretSecret:SecretKeySelector
  endpointParams:[]OAuth2EndpointParam scopes:[]string tokenURLSecret:SecretKeySelector
OAuth2EndpointParam: key value
OSSArtifact: accessKeySecret:SecretKeySelector bucket createBucketIfNotPresent:bool endpoint key
  lifecycleRule:OSSLifecycleRule secretKeySecret:SecretKeySelector securityToken useSDKCreds:bool
OSSLifecycleRule: markDeletionAfterDays:int32 markInfrequentAccessAfterDays:int32
PluginArtifact: configuration connectionTimeoutSeconds:int32 key name
PodGC: deleteDelayDuration labelSelector:LabelSelector strategy
Prometheus: counter:Counter gauge:Gauge help histogram:Histogram labels:[]MetricLabel name when
RawArtifact: data
RetryAffinity: nodeAntiAffinity:RetryNodeAntiAffinity
RetryNodeAntiAffinity:
S3Artifact: accessKeySecret:SecretKeySelector addressingStyle bucket caSecret:SecretKeySelector
  createBucketIfNotPresent:CreateS3BucketOptions encryptionOptions:S3EncryptionOptions endpoint
  insecure:bool key region roleARN secretKeySecret:SecretKeySelector
  sessionTokenSecret:SecretKeySelector useSDKCreds:bool
S3EncryptionOptions: enableEncryption:bool kmsEncryptionContext kmsKeyId
  serverSideCustomerKeySecret:SecretKeySelector
SemaphoreRef: configMapKeyRef:ConfigMapKeySelector database:SyncDatabaseRef namespace
StopStrategy: expression
SuppliedValueFrom:
SyncDatabaseRef: key
TTLStrategy: secondsAfterCompletion:int32 secondsAfterFailure:int32 secondsAfterSuccess:int32
TarStrategy: compressionLevel:int32
TransformationStep: expression
VolumeClaimGC: strategy
WorkflowLevelArtifactGC: forceFinalizerRemoval:bool podMetadata:Metadata podSpecPatch
  serviceAccountName strategy
WorkflowMetadata: annotations:{}string labels:{}string labelsFrom:{}LabelValueFrom
ZipStrategy:
"""
