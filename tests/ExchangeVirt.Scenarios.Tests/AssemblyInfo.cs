using Xunit.Sdk;
using Xunit.v3;

// Each test runs an estate of processes; side by side they would only wait for each other.
[assembly: Parallelization(Mode = ParallelMode.None)]
