"""Recomputes Tollgate's books with Python's Decimal, sharing no code with the system.

    python3 tools/recompute/recompute.py TRACE.csv [--dev .tollgate/dev.json] [--limit N]

TRACE.csv has the columns TIMESTAMP, ContextTokens, GeneratedTokens (Azure's public LLM inference traces). A new organisation that
reports in euros gets an all-covering budget and a mark-up of 12.5 %; the trace's times are shifted so that it ends two minutes ago;
every row is sent as one usage event. Ledger, spend, budget, draft invoice and completeness must then equal this script's own sums to
the last digit. The same events are sent once more, shuffled and with other times: nothing may change.
"""

import argparse
import csv
import json
import pathlib
import random
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, getcontext

getcontext().prec = 60

PROVIDER, MODEL = "openai", "gpt-4o"
MARKUP_PERCENT = Decimal("12.5")
TAGS = [("search", "core"), ("search", "mobile"), ("support", "core"), ("labs", "research")]


def call(method, url, key, body=None, content_type="application/json", headers=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method)
    request.add_header("Authorization", f"Bearer {key}")
    if data is not None:
        request.add_header("Content-Type", content_type)
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read().decode()
    except urllib.error.HTTPError as error:
        sys.exit(f"{method} {url} answered {error.code}: {error.read().decode()}")
    return json.loads(text) if text else None


def rfc3339(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def read_trace(path, limit):
    rows = []
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            moment = datetime.strptime(row["TIMESTAMP"][:26], "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=timezone.utc)
            rows.append((moment, int(row["ContextTokens"]), int(row["GeneratedTokens"])))
    rows = rows[:limit] if limit else rows
    shift = datetime.now(timezone.utc) - timedelta(minutes=2) - max(moment for moment, _, _ in rows)
    return [(moment + shift, context, generated) for moment, context, generated in rows]


class System:
    def __init__(self, dev):
        self.api = dev["consoleUrl"] + "/api/v1"
        self.ingress = dev["ingressUrl"]
        self.operator = dev["operatorKey"]

    def get(self, path, key, headers=None):
        return call("GET", self.api + path, key, headers=headers)

    def post(self, path, key, body, headers=None):
        return call("POST", self.api + path, key, body, headers=headers)

    def pages(self, path, key):
        cursor = None
        while True:
            page = self.get(path + (f"&cursor={cursor}" if cursor else ""), key)
            yield from page["data"]
            cursor = page.get("next")
            if not cursor:
                return


def events_of(trace, source, times):
    for index, (moment, context, generated) in enumerate(trace):
        project, team = TAGS[index % len(TAGS)]
        yield {
            "specversion": "1.0",
            "type": "tollgate.usage",
            "source": source,
            "id": f"row-{index}",
            "time": rfc3339(times(moment)),
            "data": {
                "provider": PROVIDER,
                "model": MODEL,
                "operation": "chat",
                "quantities": {"input_tokens": str(context), "output_tokens": str(generated)},
                "tags": {"project": project, "team": team, "env": "prod", "feature": "assistant"},
            },
        }


def send(system, key, events, expected=None):
    batch, statuses = [], {}

    def flush():
        answer = call("POST", system.ingress + "/v1/usage/events", key, batch, "application/cloudevents-batch+json")
        for result in answer["results"]:
            statuses[result["status"]] = statuses.get(result["status"], 0) + 1
            if result["status"] == "rejected":
                sys.exit(f"rejected: {result}")
        batch.clear()

    for event in events:
        batch.append(event)
        if len(batch) == 1000:
            flush()
    if batch:
        flush()
    return statuses


def list_price(system, key, unit):
    models = [m for m in system.pages(f"/models?q={MODEL}&provider={PROVIDER}&limit=1000", key) if m["id"] == f"{PROVIDER}/{MODEL}"]
    price = next(p for p in models[0]["prices"] if p["unit"] == unit)
    return Decimal(price["amount"]) / Decimal(price["per"])


def usd_to_eur(system, key, day):
    """The newest ECB rate strictly before the event's UTC date, as euros per dollar with 15 decimals."""
    rates = {r["date"]: Decimal(r["rate"]) for r in system.pages("/fx-rates?currency=USD&limit=1000", key)}
    newest = max(date for date in rates if date < day)
    return (Decimal(1) / rates[newest]).quantize(Decimal("1e-15"), ROUND_HALF_EVEN)


class Books:
    """This script's own sums."""

    def __init__(self, trace, input_price, output_price, rate):
        self.lines = {}
        self.cost = Decimal(0)
        self.tokens = [0, 0]
        for index, (moment, context, generated) in enumerate(trace):
            cost = (context * input_price + generated * output_price) * rate(moment.strftime("%Y-%m-%d"))
            project, _ = TAGS[index % len(TAGS)]
            key = (moment.strftime("%Y-%m"), project)
            self.lines[key] = self.lines.get(key, Decimal(0)) + cost * (1 + MARKUP_PERCENT / 100)
            self.cost += cost
            self.tokens[0] += context
            self.tokens[1] += generated
        self.amount = sum(self.lines.values())
        self.count = len(trace)


failures = []


def check(what, found, expected):
    good = found == expected
    print(f"{'  ok' if good else 'FAIL'}  {what}: {found}" + ("" if good else f", expected {expected}"))
    if not good:
        failures.append(what)


def compare(system, org, books, trace):
    key = org["adminKey"]
    start, end = rfc3339(trace[0][0] - timedelta(hours=1)), rfc3339(datetime.now(timezone.utc) + timedelta(minutes=1))
    window = f"from={start}&to={end}"

    count, amount, cost = 0, Decimal(0), Decimal(0)
    for charge in system.pages(f"/charges?{window}&limit=1000", key):
        count, amount, cost = count + 1, amount + Decimal(charge["amount"]), cost + Decimal(charge["cost"])
    check("charges, count", count, books.count)
    check("charges, amount", amount, books.amount)
    check("charges, cost", cost, books.cost)

    spend = system.get(f"/spend?{window}&groupBy=project", key)
    check("spend, amount", Decimal(spend["totals"]["amount"]), books.amount)
    check("spend, cost", Decimal(spend["totals"]["cost"]), books.cost)
    check("spend, requests", int(spend["totals"]["requests"]), books.count)
    by_project = {}
    for (_, project), value in books.lines.items():
        by_project[project] = by_project.get(project, Decimal(0)) + value
    check("spend by project", {r["project"]: Decimal(r["amount"]) for r in spend["rows"]}, by_project)
    quantities = {}
    for row in spend["rows"]:
        for unit, quantity in row["quantities"].items():
            quantities[unit] = quantities.get(unit, Decimal(0)) + Decimal(quantity)
    check("spend, tokens", [int(quantities["input_tokens"]), int(quantities["output_tokens"])], books.tokens)

    period = trace[-1][0].strftime("%Y-%m")
    in_period = {project: value for (month, project), value in books.lines.items() if month == period}
    budget = system.get(f"/budgets/{org['budget']}", key)
    check("budget, spent", Decimal(budget["current"]["spent"]), sum(in_period.values()))

    invoice = system.post("/invoices", key, {"period": period})
    lines = {line["project"]: (Decimal(line["exactAmount"]), Decimal(line["amount"])) for line in invoice["lines"]}
    cents = {project: value.quantize(Decimal("0.01"), ROUND_HALF_UP) for project, value in in_period.items()}
    check("invoice lines, exact and rounded", lines, {project: (value, cents[project]) for project, value in in_period.items()})
    net = sum(cents.values())
    tax = (net * Decimal(invoice["lines"][0]["taxRate"]) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    check("invoice, net tax total", [Decimal(invoice[m]) for m in ("net", "tax", "total")], [net, tax, net + tax])

    for _ in range(60):
        completeness = system.get(f"/completeness?period={period}", key)
        if completeness["agrees"] is True and int(completeness["charges"]["count"]) >= books.count:
            break
        time.sleep(1)
    check("completeness, agrees", completeness["agrees"], True)
    check("completeness, charges", Decimal(completeness["charges"]["amount"]), sum(in_period.values()))
    check("completeness, rollups", Decimal(completeness["rollups"]["amount"]), sum(in_period.values()))


def settle(system, key, count, trace):
    start, end = rfc3339(trace[0][0] - timedelta(hours=1)), rfc3339(datetime.now(timezone.utc) + timedelta(minutes=1))
    for _ in range(240):
        requests = int(system.get(f"/spend?from={start}&to={end}", key)["totals"]["requests"])
        if requests >= count:
            time.sleep(2)
            return
        time.sleep(0.5)
    sys.exit(f"only {requests} of {count} events arrived within two minutes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trace")
    parser.add_argument("--dev", default=".tollgate/dev.json", help="written by npm start")
    parser.add_argument("--limit", type=int, default=0, help="use only the first N rows")
    options = parser.parse_args()
    system = System(json.loads(pathlib.Path(options.dev).read_text()))
    trace = read_trace(options.trace, options.limit)

    name = f"Recomputation {datetime.now(timezone.utc):%Y-%m-%d %H:%M:%S}"
    org = system.post("/organizations", system.operator, {"name": name, "country": "DE", "currency": "EUR"})
    key = org["adminKey"]
    for slug in sorted({project for project, _ in TAGS}):
        system.post("/projects", key, {"slug": slug, "name": slug.title()})
    call("PUT", system.api + "/prices/markup", system.operator, {"percent": str(MARKUP_PERCENT)}, headers={"x-tollgate-organization": org["id"]})
    budget = {"name": "everything", "scope": {}, "period": "month", "amount": "1000000", "thresholds": [50, 100], "hardLimit": False}
    org["budget"] = system.post("/budgets", key, budget)["id"]
    usage_key = system.post("/api-keys", key, {"name": "replay", "scopes": ["usage:write"]})["key"]

    rates = {}

    def rate(day):
        if day not in rates:
            rates[day] = usd_to_eur(system, key, day)
        return rates[day]

    time.sleep(2)
    started = time.monotonic()
    print(f"{len(trace)} events, sent:", send(system, usage_key, events_of(trace, "trace", lambda t: t)))
    settle(system, key, len(trace), trace)
    print(f"in ledger and rollups after {time.monotonic() - started:.1f} s (settling pause included)")
    books = Books(trace, list_price(system, key, "input_tokens"), list_price(system, key, "output_tokens"), rate)
    compare(system, org, books, trace)

    again = list(events_of(trace, "trace", lambda t: t - timedelta(hours=5, seconds=7)))
    random.Random(7).shuffle(again)
    print("sent again, shuffled and with other times:", send(system, usage_key, again))
    time.sleep(5)
    compare(system, org, books, trace)
    print("all equal" if not failures else f"{len(failures)} differences: {', '.join(failures)}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
