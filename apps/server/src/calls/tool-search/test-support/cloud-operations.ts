/**
 * Operations of a cloud, a scheduler and a search engine, each with what somebody who runs them asked for. The searches were written
 * before the operations and before the tables of words were last changed, which some of them caused.
 */
export const CLOUD_OPERATIONS = `
listServers | Servers List | /servers | all servers
createServer | Create a server from an image | /servers | spin up a new server
softRebootServer | Soft-reboot a server | /servers/actions/reboot | reboot the server that hangs
changeServerType | Change the type of a server | /servers/actions/change_type | resize a server to a bigger plan
createServerSnapshot | Snapshot Create | /servers/backups | make a snapshot of the server
restoreServerBackup | Backup Restore | /servers/backups/restore | restore a server backup
enableRescueMode | Enable rescue mode for a server | /servers/actions/enable_rescue | boot into rescue mode
cloneServer | Server Clone | /servers/clone | clone a server
rebuildServer | Server Rebuild from another image | /servers/rebuild | rebuild the server with another image
resetRootPassword | Reset the root password of a server | /servers/actions/reset_password | new root password for a server
shutdownServer | Shut down a server | /servers/shutdown | power off a server
requestConsole | Request a console for a server | /servers/actions/request_console | console access vnc
attachIso | Attach an ISO to a server | /servers/actions/attach_iso | attach iso
enableServerBackups | Enable and configure backups for a server | /servers/actions/enable_backup | automatic backups on
changeServerProtection | Change server protection | /servers/actions/change_protection | protect a server from deletion
getServerMetrics | Get metrics of a server | /servers/metrics | server metrics cpu disk network
renameServer | Update a server | /servers name labels | rename a server
listServerTypes | Server types list with monthly price | /server_types | what do the server types cost
addServerAddress | IPv4 Address Allocate | /servers/ips | add an ip address to a server
changeReverseDns | Change the reverse DNS entry of an address | /ips/rdns | set rdns ptr
assignFloatingIp | Assign a floating IP to a server | /floating_ips/actions/assign | assign floating ip to another server
listFloatingIps | List floating IPs | /floating_ips | floating ips
unassignPrimaryIp | Unassign a primary IP from a resource | /primary_ips/actions/unassign | primary ip unassign
attachVolume | Volume Attach | /volumes/attach | attach a block storage volume to a server
detachVolume | Volume Detach | /volumes/detach | detach a volume
resizeVolume | Volume Resize | /volumes/resize | grow a volume
deleteVolume | Volume Delete | /volumes | delete volume
createNetwork | Create a network | /networks | create a private network
addSubnet | Add a subnet to a network | /networks/actions/add_subnet | add subnet
addNetworkRoute | Add a route to a network | /networks/actions/add_route | add route to network
attachServerToNetwork | Attach a server to a network | /servers/actions/attach_to_network | attach server to private network
listVlans | VLANs List | /networking/vlans | vlan list
listLoadBalancers | LoadBalancers List | /loadbalancers | load balancers in the account
addLoadBalancerTarget | Add a target to a load balancer | /loadbalancers/targets | add a backend to the load balancer
removeLoadBalancerTarget | Remove a target from a load balancer | /loadbalancers/targets | remove a backend from the lb
addLoadBalancerService | Add a service to a load balancer | /loadbalancers/services protocol https | load balancer add https service
changeBalancingAlgorithm | Change the algorithm of a load balancer | /loadbalancers/algorithm round_robin | change round robin
getLoadBalancerStats | LoadBalancer Statistics View | /loadbalancers/stats traffic connections | load balancer traffic statistics
listFirewallRules | Firewall Rules List | /firewalls/rules | cloud firewall rules
setFirewallRules | Firewall Rules Update | /firewalls/rules | change the rules of the firewall
applyFirewall | Apply a firewall to resources | /firewalls/actions/apply_to_resources | apply firewall to servers
createManagedCertificate | Create a certificate, uploaded or managed | /certificates | lets encrypt managed certificate
retryCertificate | Retry issuance or renewal of a certificate | /certificates/actions/retry | retry certificate issuance
createPlacementGroup | Create a placement group | /placement_groups type spread | placement group spread
listSshKeys | SSH Keys List | /ssh_keys | ssh keys
addSshKey | SSH Key Add | /ssh_keys | add my ssh key
listDataCenters | List data centers | /datacenters | datacenters available
listPrices | Get all prices | /pricing | price list
getAction | Get an action | /actions status progress | status of a running action
listRegions | Regions List | /regions status | list regions and their status
listImages | Images List | /images | images we built
importDomain | Domain Import | /domains/import axfr | import a domain from a remote nameserver
createDomainRecord | Domain Record Create | /domains/records | add an A record to our domain
deleteDomainRecord | Domain Record Delete | /domains/records | delete a dns record
listDomains | Domains List | /domains | list all domains we host
createCluster | Kubernetes Cluster Create | /kubernetes/clusters | create a kubernetes cluster
getKubeconfig | Kubeconfig View | /kubernetes/clusters/kubeconfig | kubeconfig of the cluster
recyclePool | Node Pool Recycle | /kubernetes/pools/recycle | recycle the nodes of a node pool
updatePool | Node Pool Update | /kubernetes/pools count autoscaler | scale up the node pool
listKubernetesVersions | Kubernetes Versions List | /kubernetes/versions | which kubernetes versions can I choose
listBuckets | Object Storage Buckets List | /object-storage/buckets | object storage buckets
createStorageKey | Object Storage Key Create | /object-storage/keys | new access key for object storage
getTransfer | Network Utilization View of the account | /account/transfer month pool | how much transfer did we use this month
listInvoices | Invoices List | /account/invoices | open invoices
createPayment | Payment Make | /account/payments | pay a bill
addCreditCard | Credit Card Add | /account/credit-card | add a credit card
listLogins | User Logins List All | /account/logins | who logged into our account
listEvents | Events List | /account/events | account events
openTicket | Support Ticket Open | /support/tickets | open a support ticket
createTicketReply | Reply Create | /support/tickets/replies | answer a support ticket
revokeAccessToken | Personal Access Token Revoke | /profile/tokens | revoke a personal access token
enableTfa | Two Factor Secret Create | /profile/tfa-enable | enable two factor authentication
updateGrants | User's Grants Update | /account/users/grants permissions | restrict a user to some servers
listMysql | Managed MySQL Databases List | /databases/mysql/instances | managed mysql databases
getPostgresCredentials | Managed PostgreSQL Database Credentials View | /databases/postgresql/credentials | credentials of the postgres database
listJobs | List jobs | /v1/jobs | running jobs
registerJob | Register a job | /v1/jobs | submit a job
stopJob | Stop and deregister a job | /v1/job | stop a job
planJob | Plan a job: what a registration would change | /v1/job/plan diff | dry run of a job, what would change
revertJob | Revert a job to an older version | /v1/job/revert | roll back a job to an older version
scaleTaskGroup | Scale a task group | /v1/job/scale count | scale a task group
getEvaluation | Read an evaluation | /v1/evaluation placement failures | why is an evaluation blocked
listJobAllocations | List allocations of a job | /v1/job/allocations | allocations of a job
stopAllocation | Stop an allocation | /v1/allocation/stop | stop one allocation
drainNode | Drain a node | /v1/node/drain | drain a node
setEligibility | Toggle the eligibility of a node | /v1/node/eligibility scheduling | mark node ineligible for scheduling
listNodes | List nodes | /v1/nodes | cluster nodes
runGc | Run GC in the system | /v1/system/gc | force garbage collection
listRollouts | List deployments | /v1/deployments | deployments in progress
promoteDeployment | Promote the canaries of a deployment | /v1/deployment/promote | promote canaries
failDeployment | Fail a deployment | /v1/deployment/fail | fail a deployment
pauseDeployment | Pause a deployment | /v1/deployment/pause | pause a deployment
listAclTokens | List ACL tokens | /v1/acl/tokens | acl tokens
bootstrapAcl | Bootstrap ACLs | /v1/acl/bootstrap | bootstrap the acl system
createNamespace | Create or update a namespace | /v1/namespace | create namespace
listQuotas | List quota specifications with usage | /v1/quotas | quota usage
getRaft | Read the Raft configuration | /v1/operator/raft/configuration servers peers | raft peers
getAutopilotHealth | Read the health of autopilot | /v1/operator/autopilot/health | autopilot health
getLeader | Read the address of the leader | /v1/status/leader | leader of the cluster
listCsiVolumes | List volumes of CSI plugins | /v1/volumes?type=csi | csi volumes
createVolumeSnapshot | Create a snapshot of a volume | /v1/volumes/snapshot | take a volume snapshot
getAgentMetrics | Read metrics of an agent | /v1/metrics prometheus | prometheus metrics of the agent
forcePeriodic | Force a new instance of a periodic job | /v1/job/periodic/force | trigger periodic job now
dispatchJob | Dispatch a parameterized job | /v1/job/dispatch | dispatch parameterized job
listVariables | List variables | /v1/vars secrets | variables secrets list
setScheduler | Update the configuration of the scheduler | /v1/operator/scheduler/configuration algorithm | change scheduler algorithm
listJobVersions | List versions of a job | /v1/job/versions | job versions history
createIndex | Create an index | /indexes | create a search index
deleteByFilter | Delete documents by filter | /indexes/documents/delete | delete documents matching a filter
updateTypos | Update the typo tolerance of an index | /indexes/settings/typo-tolerance | typo tolerance settings
listSynonyms | List the synonym sets of a collection | /collections/synonyms | synonyms of the collection
swapIndexes | Swap indexes | /swap-indexes | swap two indexes
cancelTasks | Cancel tasks | /tasks/cancel | cancel an indexing task
createApiKey | Create an API key with actions and expiry | /keys | create an api key with limited rights
createDump | Create a dump | /dumps | dump the database for backup
getCollection | Collection details | /collections vectors | vector collection info
upsertPoints | Upsert points | /collections/points | upsert points
queryPoints | Query points by similarity | /collections/points/query nearest | nearest neighbours of a vector
removePeer | Remove a peer from the cluster | /cluster/peer | cluster state, remove a peer
createShardSnapshot | Create a snapshot of a shard | /shards/snapshots | shard snapshot
createFieldIndex | Create an index for a payload field | /collections/index | payload index on a field
getHealth | Health of the engine | /health | health check of the search server
exportDocuments | Export all documents of a collection | /documents/export jsonl | export all documents
upsertAlias | Create or update the alias of a collection | /aliases | alias to another collection
toggleSlowLog | Toggle the log of slow requests | /config log-slow-requests-time-ms | slow requests, toggle logging
countPoints | Count points | /collections/points/count filter | count points that match
`;
