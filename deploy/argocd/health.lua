-- The health of every kind of the group exchangevirt.io, from its conditions (docs/gitops.md has the table).
-- Written for the Lua 5.1 that Argo CD embeds, with no library.
local generation = obj.metadata and obj.metadata.generation
local status = obj.status
if status == nil or status.observedGeneration ~= generation then
  return { status = "Progressing", message = "The operator has not seen this generation yet." }
end

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end

local function holds(type)
  return conditions[type] ~= nil and conditions[type].status == "True"
end

local function say(health, type)
  local condition = conditions[type]
  return { status = health, message = (condition.reason or "") .. ": " .. (condition.message or "") }
end

-- Only a person or a change of the manifest can help.
if holds("Stalled") then
  return say("Degraded", "Stalled")
end

-- A person pulled a switch; it does not count as healthy, and nothing is wrong with it.
if holds("Paused") then
  return say("Suspended", "Paused")
end

if holds("Reconciling") then
  return say("Progressing", "Reconciling")
end

if holds("Ready") then
  return say("Healthy", "Ready")
end

-- Not as it should be, and nobody is at work on it: the policy only observes.
if conditions.Ready ~= nil then
  return say("Suspended", "Ready")
end

return { status = "Progressing", message = "The operator has said nothing of it yet." }
