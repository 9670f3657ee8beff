/**
 * Operations of a content delivery network and of a host of sites, each with what somebody who runs them asked for. The searches were
 * written after those of cloud-operations.ts, and nothing was changed because of them.
 */
export const EDGE_OPERATIONS = `
purgeZone | Purge cached content | Zone /zones/purge_cache | purge everything from the cache of a zone
listRecords | List DNS Records | DNS Records for a Zone /zones/dns_records | dns records of our zone
createRecord | Create DNS Record | DNS Records for a Zone /zones/dns_records type CNAME | add a cname
updateRecord | Update DNS Record | DNS Records for a Zone /zones/dns_records ttl | change the ttl of a dns record
exportRecords | Export DNS Records as BIND config | DNS Records for a Zone /zones/dns_records/export | export the zone as a bind file
importRecords | Import DNS Records | DNS Records for a Zone /zones/dns_records/import file | import dns records from a file
editDnssec | Edit DNSSEC Status | DNSSEC /zones/dnssec active disabled | enable dnssec
listZones | List Zones | Zone /zones | all zones in the account
createZone | Create Zone | Zone /zones account domain name | add a new domain to the account
blockAddress | Create an IP Access rule | IP Access rules /firewall/access_rules block challenge | block an ip address
listAddressRules | List IP Access rules | IP Access rules /firewall/access_rules country | country access rule
listRateLimits | List rate limits | Rate limits for a zone /zones/rate_limits | rate limiting rules
deleteRateLimit | Delete a rate limit | Rate limits for a zone /zones/rate_limits | delete a rate limit
listWafPackages | List WAF packages | WAF packages /firewall/waf/packages | waf packages and rules
listPageRules | List Page Rules | Page Rules /zones/pagerules | list page rules
deletePageRule | Delete a Page Rule | Page Rules /zones/pagerules | remove a page rule
createBalancer | Create Load Balancer | Load Balancers /zones/load_balancers | create a load balancer
getMonitor | Monitor Details | Load Balancer Monitors /load_balancers/monitors | health monitor of the load balancer
getPoolHealth | Pool Health Details | Load Balancer Pools /load_balancers/pools/health | which origins in the pool are down
createPool | Create Pool | Load Balancer Pools /load_balancers/pools origins | add an origin pool
createHealthCheck | Create Health Check | Health Checks /zones/healthchecks | healthcheck of an origin, create
orderCertificatePack | Order Advanced Certificate Pack | Certificate Packs /ssl/certificate_packs/order edge | order an edge certificate
createSslConfiguration | Create SSL Configuration | Custom SSL for a Zone /zones/custom_certificates | upload a custom ssl certificate
revokeOriginCertificate | Revoke Certificate | Origin CA /certificates | revoke an origin ca certificate
listClientCertificates | List mTLS certificates | Client certificates /client_certificates | mtls client certificates
getSslVerification | SSL Verification Details | SSL Verification /ssl/verification | ssl verification status
setSmartRouting | Patch Argo Smart Routing setting | Argo Smart Routing /argo/smart_routing | argo smart routing
getDashboard | Get dashboard | Zone Analytics /analytics/dashboard requests bandwidth | analytics dashboard traffic of the zone
getReceivedLogs | Get logs received | Logs Received /logs/received | logs received by logpush
createLogpushJob | Create Logpush job | Logpush jobs /logpush/jobs | create a logpush job
listLogpushFields | List fields | Logpush datasets /logpush/datasets/fields | logpush fields for a dataset
uploadScript | Upload Worker Module | Worker Script /workers/scripts | upload a worker script
listScripts | List Workers | Worker Script /workers/scripts | list workers
deleteScript | Delete Worker | Worker Script /workers/scripts | delete a worker
listWorkerRoutes | List Routes | Worker Routes /workers/routes | worker routes
getCronTriggers | Get Cron Triggers | Worker Cron Trigger /workers/schedules | cron triggers of a worker
listScriptSecrets | List Script Secrets | Worker Script /workers/scripts/secrets | secrets of a worker script
startTail | Start Tail | Worker Tail Logs /workers/tails | tail worker logs
listKvNamespaces | List Namespaces | Workers KV Namespace /storage/kv/namespaces | kv namespaces
writeKvPair | Write key-value pair with metadata | Workers KV Namespace /storage/kv/values | write a value in kv
deleteKvPairs | Delete multiple key-value pairs | Workers KV Namespace /storage/kv/bulk/delete | delete many kv keys at once
listDatabases | List D1 Databases | D1 /d1/database | d1 databases
queryDatabase | Query D1 Database | D1 /d1/database/query sql | query a d1 database
listR2Buckets | List Buckets | R2 Bucket /r2/buckets | r2 buckets
listPagesProjects | Get projects | Pages Project /pages/projects | pages projects
rollbackPages | Rollback deployment | Pages Deployment /pages/deployments/rollback | roll back a pages deployment
purgeBuildCache | Purge build cache | Pages Build Cache /pages/projects/purge_build_cache | purge build cache of a pages project
listTunnels | List Cloud Tunnels | Tunnel /cfd_tunnel | tunnels in the account
getTunnelToken | Get a Cloud Tunnel token | Tunnel /cfd_tunnel/token | token of a tunnel
getTunnelConfiguration | Get configuration | Tunnel Configuration /cfd_tunnel/configurations | configuration of a tunnel
listAccessApps | List Access applications | Access applications /access/apps | access applications
listAccessPolicies | List Access policies | Access policies /access/apps/policies | access policies of an app
rotateServiceToken | Rotate a service token | Access service tokens /access/service_tokens/rotate | service token rotate
listIdentityProviders | List Access identity providers | Access identity providers /access/identity_providers | identity providers
revokeUserTokens | Revoke all Access tokens for a user | Organization /access/organizations/revoke_user | revoke all sessions of an access user
listGatewayRules | List Gateway rules | Gateway Rules /gateway/rules dns http | gateway dns policies
listDevices | List devices | Devices /devices | zero trust devices enrolled
revokeDevices | Revoke devices | Devices /devices/revoke | revoke a device
getSplitTunnel | Get the Split Tunnel exclude list | Devices /devices/policy/exclude | split tunnel exclude list
listEmailRules | List routing rules | Email Routing /email/routing/rules | email routing rules
listEmailAddresses | List destination addresses | Email Routing destination addresses /email/routing/addresses | destination addresses for email
listSpectrumApps | List Spectrum applications | Spectrum Applications /spectrum/apps | spectrum applications
listHealthChecks | List Health Checks | Health Checks /zones/healthchecks | all health checks of the zone
listCustomHostnames | List Custom Hostnames | Custom Hostname for a Zone /custom_hostnames | custom hostnames for saas
getFallbackOrigin | Get Fallback Origin for Custom Hostnames | Custom Hostname Fallback Origin /custom_hostnames/fallback_origin | fallback origin
listMembers | List Members | Account Members /accounts/members | account members
addMember | Add Member | Account Members /accounts/members email roles | invite somebody to the account
listRoles | List Roles | Account Roles /accounts/roles | roles in the account
getAuditLogs | Get account audit logs | Audit Logs /accounts/audit_logs | audit logs
listTokens | List Tokens | User API Tokens /user/tokens | user api tokens
verifyToken | Verify Token | User API Tokens /user/tokens/verify | verify my token
rollToken | Roll Token | User API Tokens /user/tokens/value | roll the api token
getBillingProfile | Billing Profile Details | Account Billing Profile /accounts/billing/profile | billing profile
listSubscriptions | List Subscriptions | Account Subscriptions /accounts/subscriptions | subscriptions of the account
listRegisteredDomains | List domains | Registrar Domains /registrar/domains | registrar domains
listNotificationPolicies | List Notification policies | Notification policies /alerting/policies | notification policies alerts
createAlertWebhook | Create a webhook | Notification webhooks /alerting/destinations/webhooks | webhook destination for alerts
connectPagerDuty | Connect PagerDuty | Notification destinations with PagerDuty /alerting/destinations/pagerduty | pagerduty integration
uploadImage | Upload an image | Images /images/v1 | image upload
listVideos | List videos | Stream Videos /stream | stream videos
listLiveInputs | List live inputs | Stream Live Inputs /stream/live_inputs | live inputs
listWidgets | List Turnstile Widgets | Turnstile /challenges/widgets | turnstile widgets
listStaticRoutes | List Routes | Magic Static Routes /magic/routes | magic transit static routes
createGreTunnel | Create GRE tunnels | Magic GRE tunnels /magic/gre_tunnels | gre tunnel create
listEdgeAddresses | IP Details | IPs /ips ipv4_cidrs | our edge ip ranges
createKeyless | Create Keyless SSL Configuration | Keyless SSL for a Zone /keyless_certificates | keyless ssl
listDeployments | List deployments | deployments /v6/deployments | recent deployments
promoteToProduction | Points all production domains for a project to the given deployment | projects /v10/projects/promote | promote a deployment to production
listProjectVariables | Retrieve the environment variables of a project by id or name | projects /v9/projects/env | environment variables of a project
getDeploymentEvents | Get deployment events | deployments /v3/deployments/events build log | build logs of a deployment
cancelDeployment | Cancel a deployment | deployments /v12/deployments/cancel | cancel a running deployment
listProjects | Retrieve a list of projects | projects /v9/projects | projects of the team
listDomainRecords | List existing DNS records | dns /v4/domains/records | dns records of a domain
buyDomain | Purchase a domain | domains /v5/domains/buy | buy a domain
inviteToTeam | Invite a user | teams /v1/teams/members | invite a team member
listLogDrains | Retrieves a list of all the log drains | logDrains /v1/log-drains | log drains
listOriginPulls | List origin pull certificates | Zone-Level Authenticated Origin Pulls /origin_tls_client_auth | certificates for authenticated origin pulls
setTieredCache | Patch tiered caching setting | Tiered Caching /argo/tiered_caching | turn tiered cache off
scanRecords | Scan DNS Records | DNS Records for a Zone /zones/dns_records/scan | scan for dns records
retryPagesDeployment | Retry deployment | Pages Deployment /pages/deployments/retry | rerun a failed pages deployment
`;
