"""Which resource types of pulumi-aws hold a policy that says who may use a resource, and in which properties.

The table is complete for the pulumi-aws version that the program uses: a test compares it with the inputs of the SDK's
classes, and `EXCEPTIONS` says of each input that looks like a policy why it is none of a resource.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from serverless_guard.iam.document import Document, read
from serverless_guard.record import MalformedError, Resource

QUEUES: Final = ("aws:sqs/queuePolicy:QueuePolicy", "aws:sqs/queue:Queue")
TOPICS: Final = ("aws:sns/topicPolicy:TopicPolicy", "aws:sns/topic:Topic")
BUCKETS: Final = (
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:s3control/bucketPolicy:BucketPolicy",
)
ACCESS_POINTS: Final = (
    "aws:s3/accessPoint:AccessPoint",
    "aws:s3control/accessPointPolicy:AccessPointPolicy",
    "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy",
    "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy",
)
KEYS: Final = (
    "aws:kms/key:Key",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/externalKey:ExternalKey",
    "aws:kms/replicaExternalKey:ReplicaExternalKey",
)
SECRETS: Final = ("aws:secretsmanager/secretPolicy:SecretPolicy", "aws:secretsmanager/secret:Secret")
TABLES: Final = ("aws:dynamodb/resourcePolicy:ResourcePolicy",)
BUSES: Final = ("aws:cloudwatch/eventBusPolicy:EventBusPolicy",)
ENDPOINTS: Final = ("aws:ec2/vpcEndpoint:VpcEndpoint", "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy")
REST_API: Final = "aws:apigateway/restApi:RestApi"
REPOSITORY: Final = "aws:ecr/repositoryPolicy:RepositoryPolicy"

OTHERS: Final[dict[str, tuple[str, ...]]] = {
    REST_API: ("policy",),
    REPOSITORY: ("policy",),
    "aws:acmpca/policy:Policy": ("policy",),
    "aws:amp/resourcePolicy:ResourcePolicy": ("policyDocument",),
    "aws:apigateway/domainName:DomainName": ("policy",),
    "aws:apigateway/restApiPolicy:RestApiPolicy": ("policy",),
    "aws:backup/vaultPolicy:VaultPolicy": ("policy",),
    "aws:bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy": ("policy",),
    "aws:cloudsearch/domainServiceAccessPolicy:DomainServiceAccessPolicy": ("accessPolicy",),
    "aws:cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy": ("deliveryDestinationPolicy",),
    "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy": ("accessPolicy",),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": ("policyDocument",),
    "aws:codeartifact/domainPermissions:DomainPermissions": ("policyDocument",),
    "aws:codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy": ("policyDocument",),
    "aws:codebuild/resourcePolicy:ResourcePolicy": ("policy",),
    "aws:dsql/clusterPolicy:ClusterPolicy": ("policy",),
    "aws:ecr/registryPolicy:RegistryPolicy": ("policy",),
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": ("repositoryPolicy",),
    "aws:efs/fileSystemPolicy:FileSystemPolicy": ("policy",),
    "aws:elasticsearch/domain:Domain": ("accessPolicies",),
    "aws:elasticsearch/domainPolicy:DomainPolicy": ("accessPolicies",),
    "aws:glacier/vault:Vault": ("accessPolicy",),
    "aws:glacier/vaultLock:VaultLock": ("policy",),
    "aws:glue/resourcePolicy:ResourcePolicy": ("policy",),
    "aws:kinesis/resourcePolicy:ResourcePolicy": ("policy",),
    "aws:lambda/resourcePolicy:ResourcePolicy": ("policy",),
    "aws:mediastore/containerPolicy:ContainerPolicy": ("policy",),
    "aws:msk/clusterPolicy:ClusterPolicy": ("policy",),
    "aws:networkfirewall/resourcePolicy:ResourcePolicy": ("policy",),
    "aws:oam/sinkPolicy:SinkPolicy": ("policy",),
    "aws:opensearch/domain:Domain": ("accessPolicies",),
    "aws:opensearch/domainPolicy:DomainPolicy": ("accessPolicies",),
    "aws:opensearchingest/resourcePolicy:ResourcePolicy": ("policy",),
    "aws:pinpoint/smsvoicev2ResourcePolicy:Smsvoicev2ResourcePolicy": ("policy",),
    "aws:redshift/resourcePolicy:ResourcePolicy": ("policy",),
    "aws:redshiftserverless/resourcePolicy:ResourcePolicy": ("policy",),
    "aws:s3/filesFileSystemPolicy:FilesFileSystemPolicy": ("policy",),
    "aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy": ("policy",),
    "aws:s3control/accessGrantsInstanceResourcePolicy:AccessGrantsInstanceResourcePolicy": ("policy",),
    "aws:s3tables/tableBucketPolicy:TableBucketPolicy": ("resourcePolicy",),
    "aws:s3tables/tablePolicy:TablePolicy": ("resourcePolicy",),
    "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy": ("resourcePolicy",),
    "aws:schemas/registryPolicy:RegistryPolicy": ("policy",),
    "aws:ses/identityPolicy:IdentityPolicy": ("policy",),
    "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy": ("policy",),
    "aws:vpclattice/authPolicy:AuthPolicy": ("policy",),
    "aws:vpclattice/resourcePolicy:ResourcePolicy": ("policy",),
    "aws:xray/resourcePolicy:ResourcePolicy": ("policyDocument",),
}
"""Types without a rule of their own for public access, with the properties that hold their policies."""

LOCATIONS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys((*QUEUES, *TOPICS, *BUCKETS, *KEYS, *SECRETS, *TABLES, *BUSES, *ENDPOINTS), ("policy",)),
    **dict.fromkeys(ACCESS_POINTS, ("policy",)),
    "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy": ("details.policy",),
    **OTHERS,
}
"""All types whose policies say who may use a resource, with the properties that hold them."""

IDENTITY: Final = "is the policy of an identity"
SESSION: Final = "limits sessions, and gives nothing by itself"
CHOICE: Final = "takes one of a few words"
NO_IAM: Final = "is a document of another language than IAM's"
EXCEPTIONS: Final[dict[str, str]] = {
    "aws:alb/listener:Listener.alpnPolicy": CHOICE,
    "aws:alb/listener:Listener.sslPolicy": CHOICE,
    "aws:alb/loadBalancer:LoadBalancer.dnsRecordClientRoutingPolicy": CHOICE,
    "aws:apigateway/domainName:DomainName.securityPolicy": CHOICE,
    "aws:apigateway/restApi:RestApi.securityPolicy": CHOICE,
    "aws:bedrock/agentDataSource:AgentDataSource.dataDeletionPolicy": CHOICE,
    "aws:cloudwatch/logAccountPolicy:LogAccountPolicy.policyDocument": NO_IAM,
    "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy.policyDocument": NO_IAM,
    "aws:cloudwatch/logIndexPolicy:LogIndexPolicy.policyDocument": NO_IAM,
    "aws:dlm/lifecyclePolicy:LifecyclePolicy.defaultPolicy": CHOICE,
    "aws:ec2/fleet:Fleet.excessCapacityTerminationPolicy": CHOICE,
    "aws:ec2/spotFleetRequest:SpotFleetRequest.excessCapacityTerminationPolicy": CHOICE,
    "aws:ecr/lifecyclePolicy:LifecyclePolicy.policy": NO_IAM,
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate.lifecyclePolicy": NO_IAM,
    "aws:ecrpublic/repositoryPolicy:RepositoryPolicy.policy": "a public gallery is there to be read by everybody",
    "aws:eks/capability:Capability.deletePropagationPolicy": CHOICE,
    "aws:eks/podIdentityAssociation:PodIdentityAssociation.policy": SESSION,
    "aws:emr/instanceGroup:InstanceGroup.autoscalingPolicy": NO_IAM,
    "aws:fsx/lustreFileSystem:LustreFileSystem.autoImportPolicy": CHOICE,
    "aws:fsx/ontapVolume:OntapVolume.snapshotPolicy": CHOICE,
    "aws:gamelift/fleet:Fleet.newGameSessionProtectionPolicy": CHOICE,
    "aws:gamelift/gameServerGroup:GameServerGroup.gameServerProtectionPolicy": CHOICE,
    "aws:iam/groupPolicy:GroupPolicy.policy": IDENTITY,
    "aws:iam/policy:Policy.policy": IDENTITY,
    "aws:iam/role:Role.assumeRolePolicy": "is read by the rules of trust policies",
    "aws:iam/rolePolicy:RolePolicy.policy": IDENTITY,
    "aws:iam/samlProvider:SamlProvider.samlMetadataDocument": NO_IAM,
    "aws:iam/userPolicy:UserPolicy.policy": IDENTITY,
    "aws:iot/policy:Policy.policy": "is the policy of the things and certificates that it is attached to",
    "aws:iot/policyAttachment:PolicyAttachment.policy": "is the name of a policy",
    "aws:kendra/index:Index.userContextPolicy": CHOICE,
    "aws:lb/listener:Listener.alpnPolicy": CHOICE,
    "aws:lb/listener:Listener.sslPolicy": CHOICE,
    "aws:lb/loadBalancer:LoadBalancer.dnsRecordClientRoutingPolicy": CHOICE,
    "aws:mailmanager/ingressPoint:IngressPoint.tlsPolicy": CHOICE,
    "aws:networkmanager/coreNetwork:CoreNetwork.basePolicyDocument": NO_IAM,
    "aws:networkmanager/coreNetworkPolicyAttachment:CoreNetworkPolicyAttachment.policyDocument": NO_IAM,
    "aws:odb/network:Network.kmsPolicyDocument": "is the policy of an endpoint inside of the network",
    "aws:odb/network:Network.s3PolicyDocument": "is the policy of an endpoint inside of the network",
    "aws:odb/network:Network.stsPolicyDocument": "is the policy of an endpoint inside of the network",
    "aws:opensearch/serverlessAccessPolicy:ServerlessAccessPolicy.policy": NO_IAM,
    "aws:opensearch/serverlessLifecyclePolicy:ServerlessLifecyclePolicy.policy": NO_IAM,
    "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy.policy": NO_IAM,
    "aws:rolesanywhere/profile:Profile.sessionPolicy": SESSION,
    "aws:route53/trafficPolicy:TrafficPolicy.document": NO_IAM,
    "aws:ses/receiptFilter:ReceiptFilter.policy": CHOICE,
    "aws:ses/receiptRule:ReceiptRule.tlsPolicy": CHOICE,
    "aws:sns/dataProtectionPolicy:DataProtectionPolicy.policy": NO_IAM,
    "aws:sns/topic:Topic.archivePolicy": NO_IAM,
    "aws:sns/topic:Topic.deliveryPolicy": NO_IAM,
    "aws:sns/topicSubscription:TopicSubscription.deliveryPolicy": NO_IAM,
    "aws:sns/topicSubscription:TopicSubscription.filterPolicy": NO_IAM,
    "aws:sns/topicSubscription:TopicSubscription.redrivePolicy": NO_IAM,
    "aws:sns/topicSubscription:TopicSubscription.replayPolicy": NO_IAM,
    "aws:sqs/queue:Queue.redriveAllowPolicy": NO_IAM,
    "aws:sqs/queue:Queue.redrivePolicy": NO_IAM,
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy.redriveAllowPolicy": NO_IAM,
    "aws:sqs/redrivePolicy:RedrivePolicy.redrivePolicy": NO_IAM,
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy.inlinePolicy": IDENTITY,
    "aws:storagegateway/nfsFileShare:NfsFileShare.notificationPolicy": NO_IAM,
    "aws:storagegateway/smbFileShare:SmbFileShare.notificationPolicy": NO_IAM,
    "aws:transfer/access:Access.policy": SESSION,
    "aws:transfer/user:User.policy": SESSION,
    "aws:transfer/webApp:WebApp.webAppEndpointPolicy": CHOICE,
    "aws:verifiedaccess/endpoint:Endpoint.policyDocument": NO_IAM,
    "aws:verifiedaccess/group:Group.policyDocument": NO_IAM,
    "aws:workspacesweb/browserSettings:BrowserSettings.browserPolicy": NO_IAM,
}
"""Inputs of the SDK that look like policies and say nothing about who may use a resource, with the reason."""


def documents(resource: Resource) -> Iterator[Document]:
    """Yield the policies of a resource. A malformed one is left to the rule `iam-document-wellformed`.

    Raises:
        UndecidedError: One is unknown.
    """
    for path in LOCATIONS.get(resource.type, ()):
        with suppress(MalformedError):
            if document := read(resource.props, path, resource.source_types(path)):
                yield document
