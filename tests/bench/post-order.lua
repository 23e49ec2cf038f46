-- wrk: one order of one mouse a request.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"items":[{"sku":"mouse","quantity":1}],' ..
    '"customer":{"name":"Ada Lovelace","email":"ada@example.com"}}'
