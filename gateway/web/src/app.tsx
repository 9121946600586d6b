import { QueryClientProvider } from "@tanstack/react-query";
import SearchOutlined from "@ant-design/icons/SearchOutlined";
import { App as AntApp, ConfigProvider } from "antd";
import zhCN from "antd/locale/zh_CN";
import { useState } from "react";
import { BrowserRouter } from "react-router";
import { newQueryClient } from "./api/query";
import { Pages } from "./layout/pages";
import { NONCE } from "./nonce";
import { SessionGate } from "./session/gate";
import { THEME } from "./theme";

// A button that is an icon alone is called in Chinese.
const SEARCH = { searchIcon: <SearchOutlined aria-label="搜索" /> };
const CLOSED = { closable: { "aria-label": "关闭" } };

// Below the header, and the newest alone.
const SAID = { top: 64, maxCount: 1 };

/** Everything that all pages stand in. */
export function App() {
  const [client] = useState(newQueryClient);
  return (
    <ConfigProvider locale={zhCN} theme={THEME} csp={{ nonce: NONCE }} button={{ autoInsertSpace: false }} inputSearch={SEARCH} modal={CLOSED} drawer={CLOSED}>
      <AntApp message={SAID}>
        <QueryClientProvider client={client}>
          <BrowserRouter>
            <SessionGate>
              <Pages />
            </SessionGate>
          </BrowserRouter>
        </QueryClientProvider>
      </AntApp>
    </ConfigProvider>
  );
}
