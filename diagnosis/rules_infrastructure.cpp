#include "diagnosis/rule_families.hpp"

#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr auto kRules = std::to_array<Rule>({
    {.id = "docker-daemon-unreachable",
     .pattern = "Cannot connect to the Docker daemon|error during connect: .*docker|Is the docker daemon "
                "running|docker: (command|Error response from daemon: .*connection)|dial tcp: lookup docker( "
                "on|:)|failed to connect to (the )?docker|Is the daemon running|Could not find a valid "
                "Docker environment",
     .failure_class = FailureClass::infrastructure,
     .precedence = 86,
     .confidence = 0.92,
     .weight = 0.94,
     .why = "no Docker daemon answers",
     .suggestion = "Add the docker:dind service, or check DOCKER_HOST and its TLS settings.",
     .examples = {"Cannot connect to the Docker daemon at tcp://docker:2375. Is the docker daemon running?",
                  "ERROR: failed to connect to the docker API at tcp://docker:2376: open "
                  "/certs/client/ca.pem: no such file or directory",
                  "java.lang.IllegalStateException: Could not find a valid Docker environment."}},
    {.id = "docker-daemon-error",
     .pattern =
         "Error response from daemon: (driver failed|could not|network|container|Conflict|failed to "
         "create|Cannot|devmapper|grpc|error (creating|while)|OCI|Mounts|invalid mount|endpoint|no "
         "such|unable)|failed to (create shim|start shim|register layer)|context canceled: unknown|container "
         ".*(exited|is not running|is unhealthy)|dependency failed to start: container",
     .failure_class = FailureClass::infrastructure,
     .precedence = 76,
     .confidence = 0.78,
     .weight = 0.85,
     .why = "Docker cannot start a container",
     .suggestion = "Read the log of the container, and what the daemon says on the host.",
     .examples = {"docker: Error response from daemon: driver failed programming external connectivity on "
                  "endpoint cart",
                  "dependency failed to start: container cart-db-1 is unhealthy"}},
    {.id = "service-did-not-start",
     .pattern =
         R"(\*\*\* WARNING: Service \S+ probably didn't start properly|Health check error:|service .*(did not|failed to|didn't) start|service "\S+" .*timeout|Failed to start \S+\.service|Job for \S+\.service failed|Unit \S+ (not found|could not be found|failed))",
     .failure_class = FailureClass::infrastructure,
     .precedence = 78,
     .confidence = 0.82,
     .weight = 0.85,
     .why = "a service of the job did not start",
     .suggestion = "Read the service's log in the job, and check its image, variables and port.",
     .examples = {"*** WARNING: Service runner-41-project-3-postgres-0 probably didn't start properly."}},
    {.id = "database-unreachable",
     .pattern =
         R"((?i)could not connect to server: |connection to server (at|on) .* failed|Can't connect to (local )?MySQL server|Access denied for user '|SQLSTATE\[(08006|08001|28000)\]|SQLSTATE\[HY000\] \[\d+\]|FATAL: +(database|role|password authentication)|MongoNetworkError|MongoServerSelectionError|MongoTimeoutError|ServerSelectionTimeoutError|No servers? (are )?available|Error connecting to (Redis|Elasticsearch|RabbitMQ|PostgreSQL|MySQL)|Redis connection to .* failed|PG::ConnectionBad|Mysql2::Error(::ConnectionError)?: |psycopg2\.OperationalError|pymysql\.err\.OperationalError|NoNodeAvailable|NoBrokersAvailable|AMQPConnectionError|ConnectionError: Error \d+ connecting to|mongodb?.*connection refused|database .*(does not exist|is locked)|unknown database|NoDatabaseError|\bP1001: Can't reach database server)",
     .failure_class = FailureClass::infrastructure,
     .precedence = 77,
     .confidence = 0.85,
     .weight = 0.9,
     .why = "the database does not answer, or refuses",
     .suggestion =
         "Add the service, wait until it is ready, and check its host name, user and password in the job.",
     .examples = {"could not connect to server: Connection refused",
                  R"(psycopg2.OperationalError: FATAL:  database "cart" does not exist)",
                  "ActiveRecord::NoDatabaseError: We could not find your database: cart_test."}},
    {.id = "service-name-unknown",
     .pattern =
         R"((?i)could not translate host name|Unknown MySQL server host|(getaddrinfo (ENOTFOUND|EAI_AGAIN)|could not resolve host:|lookup|UnknownHostException:) (postgres(ql)?|mysql|mariadb|redis|mongo(db)?|rabbitmq|elasticsearch|kafka|minio|db|database)\b)",
     .failure_class = FailureClass::infrastructure,
     .precedence = 83,
     .confidence = 0.88,
     .weight = 0.9,
     .why = "no service has the name of the database",
     .suggestion = "Add the service to the job, or give it that alias; if it is there, read why its "
                   "container did not start.",
     .examples = {R"(could not translate host name "postgres" to address: Name or service not known)",
                  "Error: getaddrinfo ENOTFOUND redis",
                  "dial tcp: lookup mysql on 127.0.0.11:53: no such host"},
     .counterexamples = {"Error: getaddrinfo ENOTFOUND registry.example.com"}},
    {.id = "emulator-failed",
     .pattern = "emulator: (ERROR|PANIC|WARNING: .*KVM)|PANIC: (Missing emulator|Cannot find AVD|Broken "
                "AVD)|Timeout waiting for emulator|device .{0,20}(offline|not found|unauthorized)|No "
                "connected devices|No online devices found|adb: .*(error|failed)|x86 emulation currently "
                "requires hardware|Emulator .*(failed|did not|terminated)|Failed to boot simulator|simulator "
                ".*(timed out|failed to (boot|launch))|Unable to boot device|Test runner (exited|never "
                "began|crashed) .*before|Early unexpected exit, operation never finished "
                "bootstrapping|Failed to establish communication with the test runner",
     .failure_class = FailureClass::infrastructure,
     .precedence = 74,
     .confidence = 0.85,
     .weight = 0.9,
     .why = "the emulator or simulator did not start",
     .suggestion =
         "Retry the job; wait for the device to boot, and use a runner with hardware virtualisation.",
     .examples = {"com.android.builder.testing.api.DeviceException: No connected devices!"}},
    {.id = "xvfb-failed",
     .pattern = R"(xvfb-run: error|Xvfb failed to start|\(EE\) |Server is already active for display)",
     .failure_class = FailureClass::infrastructure,
     .precedence = 68,
     .confidence = 0.8,
     .weight = 0.85,
     .why = "the display server did not start",
     .suggestion = "Start the display once for the job, and wait for it.",
     .examples = {"xvfb-run: error: Xvfb failed to start"}},
    {.id = "selenium-grid",
     .pattern =
         R"((Sauce ?Labs?|BrowserStack|Selenium|TestingBot|CrossBrowserTesting).*(could not|failed|error|timeout|limit|not (start|connect)|unreachable|concurrency)|Error forwarding the new session|WebDriverException: .*(unreachable|not reachable|crashed)|Could not start a new session|Disconnected,? because no message|Disconnected \(\d+ times\)|have not captured in \d+ ms|ping timeout)",
     .failure_class = FailureClass::infrastructure,
     .precedence = 66,
     .confidence = 0.78,
     .weight = 0.85,
     .why = "the browser farm or its connection failed",
     .suggestion = "Retry the job; raise the browser's time limits if it stays.",
     .examples = {"Chrome 99.0.4844 (Linux x86_64): Disconnected, because no message in 10000 ms."}},
    {.id = "watchers-open-files",
     .pattern =
         R"(System limit for number of file watchers reached|too many open files|\bEMFILE\b|\bENFILE\b)",
     .failure_class = FailureClass::infrastructure,
     .precedence = 96,
     .confidence = 0.85,
     .weight = 0.97,
     .why = "the host's limit of watched or open files is reached",
     .suggestion = "Raise fs.inotify.max_user_watches or the limit of open files on the runner's host.",
     .examples = {"Error: ENOSPC: System limit for number of file watchers reached, watch '/builds/cart'",
                  "accept: too many open files"},
     .counterexamples = {"Error: ENOSPC: no space left on device, write"}},
    {.id = "port-in-use",
     .pattern = "(?i)address already in use|EADDRINUSE|port (is )?already (allocated|in use)|bind: .*in use",
     .failure_class = FailureClass::infrastructure,
     .precedence = 64,
     .confidence = 0.7,
     .weight = 0.82,
     .why = "a port is in use already",
     .suggestion = "Let the program choose a free port, or end what was left over from an earlier run.",
     .examples = {"Error: listen EADDRINUSE: address already in use :::3000"}},
    {.id = "cluster-unreachable",
     .pattern =
         R"(Kubernetes cluster unreachable|Unable to connect to the server: |FailedScheduling|Insufficient (cpu|memory|pods)|nodes? (are|is) (not )?available: |\bEvicted\b|CrashLoopBackOff|Back-off restarting failed container|exceeded its progress deadline|couldn't get current server API group list)",
     .failure_class = FailureClass::infrastructure,
     .precedence = 70,
     .confidence = 0.75,
     .weight = 0.85,
     .why = "the cluster cannot be reached or has no room",
     .suggestion = "Look at the events of the pod and the nodes of the cluster.",
     .examples = {"0/3 nodes are available: 3 Insufficient memory.",
                  "Unable to connect to the server: net/http: TLS handshake timeout"}},
});

}  // namespace

std::span<const Rule> rules_infrastructure() {
  return kRules;
}

}  // namespace runneriq::diagnosis
